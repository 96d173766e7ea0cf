"""Requests for published operations: which one a name means, and what the caller's token allows and fixes."""

from collections.abc import Mapping

from graphql import GraphQLSchema

from server.answering.execution import changes, subscribes
from server.answering.published_operations import Operation, pick
from server.answering.request import GraphQLRequest
from server.export.table import Shape, shape_of
from server.identity.principal import Principal, Use
from warehouse.errors import BadInput, Forbidden


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
        grant = principal.grant
        if grant and name not in grant.operations:
            raise Forbidden(f"This embed token only runs {', '.join(grant.operations)}.")
        if grant and grant.use is not Use.SESSION:
            raise Forbidden(f"This embed token opens frames. Exchange it for a session: POST /embed/{name}.")
        operation = self.query(name)
        variables = operation.variables(texts)
        if grant:
            fixed = set(grant.variables) & set(variables)
            if fixed:
                raise Forbidden(f"This embed token fixes the variable {min(fixed)}.")
            if set(grant.variables) - set(operation.kinds):
                raise Forbidden(f"{name} no longer has all variables that this embed token fixes. Make a new token.")
            variables |= grant.variables
        return GraphQLRequest(
            operation.document, variables=variables, operation=name, published=name, only_queries=True
        )

    def shape(self, name: str) -> Shape:
        """The table of a published operation's answer.

        Raises: BadInput for an unknown operation, or one without a list in its answer.
        """
        shape = shape_of(self._schema, self.query(name).document)
        if not shape.is_list:
            raise BadInput(f"{name} does not return a list, so it can't be a file. Use format=json.")
        return shape

    def query(self, name: str) -> Operation:
        """A published query.

        Raises: BadInput for a mutation or subscription.
        """
        operation = pick(self._operations, name)
        if subscribes(operation.document, name):
            raise BadInput(f"{name} is a subscription. Send it to /graphql, over a WebSocket or as server-sent events.")
        if changes(operation.document, name):
            raise BadInput(f"{name} is a mutation, and this address only runs queries. Send it to /graphql by POST.")
        return operation
