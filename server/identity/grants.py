"""Grants: what an embed token may run, and for which page."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphql import GraphQLSchema

from server.answering.operations import Operation, pick
from server.identity.fixed import check_fixed
from server.identity.principal import Grant
from server.settings import ORIGIN
from warehouse.errors import BadInput


def make_grant(
    published: Mapping[str, Operation],
    names: Sequence[str],
    variables: Mapping[str, Any],
    origin: str | None,
    schema: Callable[[], GraphQLSchema],
) -> Grant:
    """What an embed token may run, once it holds together: what is fixed must be fixed in each of the operations, or
    one of them would not be limited by it, and be a value that each of them takes. `schema` is asked for where
    something is fixed: it is slow to make.

    Raises: BadInput.
    """
    if not names:
        raise BadInput("An embed token is made for operations. Name one at least.")
    for operation in (pick(published, name) for name in names):
        unknown = sorted(set(variables) - set(operation.kinds))
        if unknown:
            known = ", ".join(operation.kinds) or "none"
            raise BadInput(
                f"{operation.name} has no variable {unknown[0]}. It has: {known}. Make a token of its own for it."
            )
        if variables:
            check_fixed(schema(), operation, variables)
    if origin is not None and not ORIGIN.fullmatch(origin):
        raise BadInput(f"The origin is {origin!r}, expected a scheme and a host without a path: https://example.com")
    return Grant(tuple(dict.fromkeys(names)), variables, origin)
