"""Requests for published operations: which one a name means, and what the caller's token allows and fixes."""

from collections.abc import Mapping
from dataclasses import dataclass

from graphql import GraphQLSchema

from resolvers.documents import mistakes_in
from server.answering.execution import changes, subscribes
from server.answering.published_operations import Operation, pick
from server.answering.request import GraphQLRequest
from server.export.table import Shape, shape_of
from server.identity.principal import Principal, Use
from warehouse.errors import BadInput, Forbidden


@dataclass(frozen=True)
class FileRequest:
    """The request of a published operation for a file: its table, and the variables that it takes."""

    request: GraphQLRequest
    shape: Shape
    kinds: Mapping[str, str]


class PublishedRequests:
    """The published operations as requests."""

    def __init__(self, operations: Mapping[str, Operation], schema: GraphQLSchema) -> None:
        self._operations = operations
        self._schema = schema

    def request(self, principal: Principal, name: str, texts: Mapping[str, str]) -> GraphQLRequest:
        """The request that runs a published operation for a caller, with variables given as text. Those that an embed
        token fixes can't be overridden.

        Raises: BadInput, Forbidden.
        """
        return _request(principal, self._granted(principal, name), texts)

    def file_request(self, principal: Principal, name: str, texts: Mapping[str, str]) -> FileRequest:
        """As `request`, for a file.

        Raises: BadInput, also for an operation without a list in its answer; Forbidden.
        """
        operation = self._granted(principal, name)
        request, shape = _request(principal, operation, texts), self._shape(operation)
        return FileRequest(request, shape, operation.kinds)

    def _granted(self, principal: Principal, name: str) -> Operation:
        """A published query that the caller's token may run.

        Raises: as `query`; Forbidden.
        """
        grant = principal.grant
        if grant and name not in grant.operations:
            raise Forbidden(f"This embed token only runs {', '.join(grant.operations)}.")
        if grant and grant.use is not Use.SESSION:
            raise Forbidden(f"This embed token opens frames. Exchange it for a session: POST /embed/{name}.")
        if grant and name not in self._operations:
            raise Forbidden(f"{name} is no longer published, so this embed token can't run it. Make a new token.")
        return self.query(name)

    def query(self, name: str) -> Operation:
        """A published query.

        Raises: BadInput for an unknown operation, a mutation or subscription.
        """
        operation = pick(self._operations, name)
        if subscribes(operation.document, name):
            raise BadInput(f"{name} is a subscription. Send it to /graphql, over a WebSocket or as server-sent events.")
        if changes(operation.document, name):
            raise BadInput(f"{name} is a mutation, and this address only runs queries. Send it to /graphql by POST.")
        return operation

    def _shape(self, operation: Operation) -> Shape:
        """The table of a published operation's answer.

        Raises: BadInput for one without a list in its answer, or one that the schema does not allow any more.
        """
        for mistake in mistakes_in(self._schema, operation.document):
            raise BadInput(f"{operation.name} does not fit this server's schema: {mistake.message}")
        shape = shape_of(self._schema, operation.document)
        if not shape.is_list:
            raise BadInput(f"{operation.name} does not return a list, so it can't be a file. Use format=json.")
        return shape


def _request(principal: Principal, operation: Operation, texts: Mapping[str, str]) -> GraphQLRequest:
    name, grant, variables = operation.name, principal.grant, operation.variables(texts)
    if grant:
        fixed = set(grant.variables) & set(variables)
        if fixed:
            raise Forbidden(f"This embed token fixes the variable {min(fixed)}.")
        if set(grant.variables) - set(operation.kinds):
            raise Forbidden(f"{name} no longer has all variables that this embed token fixes. Make a new token.")
        variables |= grant.variables
    return GraphQLRequest(operation.document, variables=variables, operation=name, published=name, only_queries=True)
