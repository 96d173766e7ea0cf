"""The schema that a role may ask: root fields that are closed to it are left out, and types that only these reach."""

from collections.abc import Collection

from graphql import GraphQLObjectType, GraphQLSchema, print_schema

from resolvers.permission import is_permitted
from schema.root_fields import ROOT_FIELDS
from warehouse.access import Access


def sdl_for(schema: GraphQLSchema, access: Access) -> str:
    """The part of a schema that an asker may query, as SDL."""
    return print_schema(_part(schema, {name for name in ROOT_FIELDS if is_permitted(access, name)})) + "\n"


def _part(schema: GraphQLSchema, fields: Collection[str]) -> GraphQLSchema:
    def root(whole: GraphQLObjectType | None) -> GraphQLObjectType | None:
        kept = {name: field for name, field in whole.fields.items() if name in fields} if whole else {}
        return GraphQLObjectType(whole.name, kept, description=whole.description) if whole and kept else None

    query, mutation, subscription = map(root, (schema.query_type, schema.mutation_type, schema.subscription_type))
    return GraphQLSchema(query, mutation, subscription, directives=schema.directives)
