"""The OpenAPI description of `/api`: made from the published operations and the schema, so that they agree."""
