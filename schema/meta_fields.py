"""Fields that every schema has and no type declares: they read the schema itself."""

from graphql import GraphQLField, GraphQLObjectType, SchemaMetaFieldDef, TypeMetaFieldDef

_OF_QUERIES = {"__schema": SchemaMetaFieldDef, "__type": TypeMetaFieldDef}


def field_of(parent: GraphQLObjectType, name: str) -> GraphQLField | None:
    """The definition of a field of a valid document; None for `__typename`."""
    return parent.fields.get(name) or _OF_QUERIES.get(name)
