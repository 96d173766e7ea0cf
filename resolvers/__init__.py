"""Resolvers: check, ask the warehouse, map. One module per family of root fields; no SQL text."""
