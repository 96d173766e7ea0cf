"""The private names of Strawberry that resolvers need, in one place; checked against Strawberry 0.341.

- `Info` wraps graphql-core's own info, which alone has the field nodes and variables that a selection is read from, and
  gives no public way to it.
- `ExecutionContext.operation_name` answers with the first operation's name where none was asked for, so that it can't
  tell a request that names an operation from one that does not.
"""

from typing import Any

import strawberry
from graphql import GraphQLResolveInfo
from strawberry.types import ExecutionContext


def raw(info: strawberry.Info) -> GraphQLResolveInfo[Any]:
    """graphql-core's own info."""
    return info._raw_info


def requested_operation(execution: ExecutionContext) -> str | None:
    """The operation name that the request gave; None where it gave none."""
    return execution._provided_operation_name
