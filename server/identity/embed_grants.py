"""Grants: what an embed token may run, and which page may frame it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphql import GraphQLSchema

from server.answering.published_operations import Operation, pick
from server.identity.embed_variables import check_fixed
from server.identity.principal import Grant, Use
from server.settings import ORIGIN
from warehouse.errors import BadInput


def make_grant(
    published: Mapping[str, Operation],
    names: Sequence[str],
    variables: Mapping[str, Any],
    origin: str | None,
    schema: Callable[[], GraphQLSchema],
    is_reusable: bool = False,
) -> Grant:
    """A checked grant. Every operation must have each fixed variable and accept its value; otherwise it would not
    limit that operation. `schema` is called only if variables are fixed, because building it is slow.

    Raises: BadInput.
    """
    if not names:
        raise BadInput("An embed token needs at least one operation.", "operations")
    for operation in (pick(published, name) for name in names):
        unknown = sorted(set(variables) - set(operation.kinds))
        if unknown:
            known = ", ".join(operation.kinds) or "none"
            raise BadInput(
                f"{operation.name} has no variable {unknown[0]}. It has: {known}. Make a separate token for it.",
                "variables",
            )
        if variables:
            check_fixed(schema(), operation, variables)
    if origin is not None and not ORIGIN.fullmatch(origin):
        raise BadInput(
            f"The origin is {origin!r}, expected a scheme and a host without a path: https://example.com", "origin"
        )
    return Grant(tuple(dict.fromkeys(names)), variables, origin, Use.OFTEN if is_reusable else Use.ONCE)
