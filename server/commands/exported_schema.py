"""The schema as it is exported: quicker to read than the resolvers are to import."""

from functools import cache
from importlib.resources import files

from graphql import GraphQLSchema, build_schema


@cache
def exported_schema() -> GraphQLSchema:
    """The types, arguments and descriptions of the schema; it can't answer."""
    sdl = (files("schema") / "schema.graphql").read_text(encoding="utf-8")
    return build_schema(sdl, assume_valid=True)
