"""Private parts of Strawberry that resolvers need; checked against Strawberry 0.341.

- `Info` wraps graphql-core's info without giving access to it, and only that has the field nodes and variables that a
  selection is read from.
- `ExecutionContext.operation_name` returns the first operation's name if the request gives none, so it can't tell
  whether the request named an operation.
"""

from typing import Any

import strawberry
from graphql import GraphQLResolveInfo
from strawberry.types import ExecutionContext


def raw(info: strawberry.Info) -> GraphQLResolveInfo[Any]:
    """graphql-core's own info."""
    return info._raw_info


def requested_operation(execution: ExecutionContext) -> str | None:
    """The operation name in the request; None if it has none."""
    return execution._provided_operation_name
