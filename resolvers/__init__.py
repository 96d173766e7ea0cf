"""Resolvers: check, query the warehouse, map the result. One module per family of root fields; no SQL text."""
