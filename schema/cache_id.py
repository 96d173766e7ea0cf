"""Ids of parts of answers, by which normalised caches merge what was selected of the same thing at different times."""

from typing import Any

import strawberry
from graphql import GraphQLField

DESCRIPTION = (
    "For caches, opaque: the same for the same question and group, whatever is selected, and different for others."
)


def cache_id() -> Any:
    """A field with the id of a part of an answer."""
    return strawberry.field(description=DESCRIPTION)


def is_cache_id(field: GraphQLField) -> bool:
    """Whether a field of the schema is such an id: readers of a table need none."""
    return field.description == DESCRIPTION


def id_field() -> tuple[Any, Any]:
    """(annotation, field) of the id, for types that are made from a table of fields."""
    return strawberry.ID, cache_id()
