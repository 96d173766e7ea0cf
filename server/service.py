"""The service behind every door: the warehouse, the schema, the published operations and the secret, as one value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from resolvers.context import Context
from resolvers.root import Schema
from schema.policy import Role, access_of
from server.execution import Executed, execute
from server.operations import Operation, pick
from server.settings import Settings
from server.tokens import Principal, verify
from warehouse import Warehouse
from warehouse.errors import Forbidden, Unauthenticated


@dataclass(frozen=True)
class Service:
    """What a request, a command or a test is answered by."""

    settings: Settings
    warehouse: Warehouse
    schema: Schema
    operations: Mapping[str, Operation]
    secret: bytes
    hash_key: bytes = b""

    def principal(self, authorization: str | None) -> Principal:
        """Who an `Authorization` header stands for.

        Raises: Unauthenticated.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated(
                "No token. Send the header `Authorization: Bearer ...`; get a token with: marquee token "
                "issue --role analyst --ttl 1h"
            )
        return verify(self.secret, token.strip())

    async def ask(
        self,
        principal: Principal,
        document: str,
        variables: Mapping[str, Any] | None,
        operation: str | None = None,
        only_queries: bool = False,
    ) -> Executed:
        """Execute any document.

        Raises: Forbidden for a role that only writes, or only runs named operations.
        """
        if principal.role is Role.EMBED:
            raise Forbidden("An embed token runs the operation it was made for and nothing else: GET /api/{operation}.")
        return await execute(self.schema, document, variables, self._context(principal), operation, only_queries)

    async def run(self, principal: Principal, name: str, texts: Mapping[str, str], explains: bool = False) -> Executed:
        """Execute a published operation with variables given as texts; a token's fixed variables can't be overridden.
        With `explains` the plans stand beside the answer.

        Raises: BadInput, Forbidden.
        """
        if principal.grant and principal.grant.operation != name:
            raise Forbidden(f"This embed token runs {principal.grant.operation} and nothing else.")
        operation = pick(self.operations, name)
        variables = operation.variables(texts)
        if principal.grant:
            fixed = set(principal.grant.variables) & set(variables)
            if fixed:
                raise Forbidden(f"This embed token fixes the variable {min(fixed)}.")
            variables |= principal.grant.variables
        context = self._context(principal, explains)
        return await execute(self.schema, operation.document, variables, context, name, only_queries=True)

    def check_introspects(self, principal: Principal) -> None:
        """Raises: Forbidden for a role that may not read the schema."""
        if principal.role is Role.EMBED or not self._context(principal).access.introspects:
            raise Forbidden("Your role may not read the schema. Ask with a token of the role analyst or admin.")

    def _context(self, principal: Principal, explains: bool = False) -> Context:
        access = access_of(principal.subject, principal.role, principal.scope, self.hash_key)
        return Context(self.warehouse, access, explains=explains)
