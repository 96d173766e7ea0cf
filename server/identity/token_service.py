"""Makes embed tokens for admins and revokes tokens: the `TokenService` that resolvers ask."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from anyio import to_thread
from graphql import GraphQLSchema

from resolvers.token_service import Minted, Revoked
from schema.policy import access_of, checked_scope
from schema.roles import Role
from server.answering.operations import Operation
from server.identity.grants import make_grant
from server.identity.principal import Principal
from server.identity.terms import parse_embed_ttl
from server.identity.tokens import LEEWAY, Tokens
from warehouse.access import Access
from warehouse.audit.record import current
from warehouse.errors import BadInput, Forbidden
from warehouse.revocations import FOR_GOOD, Revocations

Scope = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class LocalTokenService:
    """Stands behind the policy's gate: who asks here may mint and revoke, and only how far is decided here."""

    tokens: Tokens
    operations: Mapping[str, Operation]
    revocations: Revocations
    schema: Callable[[], GraphQLSchema]

    def mint_embed(
        self,
        asker: Access,
        operations: Sequence[str],
        variables: Mapping[str, Any],
        scope: Scope,
        origin: str | None,
        ttl: str,
    ) -> Minted:
        """An embed token that sees no row which its maker does not.

        Raises: BadInput for operations, variables, an origin or a time that can't be; Forbidden for a wider scope.
        """
        grant = make_grant(self.operations, operations, variables, origin, self.schema)
        subject, rows = f"embed of {asker.subject}", narrowed(asker.scope, checked_scope(scope))
        access_of(subject, Role.EMBED, rows)
        made = self.tokens.issue(Principal(subject, Role.EMBED, rows, grant), parse_embed_ttl(ttl, "ttl"))
        _note(f"token {made.token_id}")
        return Minted(made.token_id, made.token, made.expires_at)

    async def revoke(self, asker: Access, token_id: str | None, token: str | None) -> Revoked:
        """End a token before its time: it counts nowhere in this process once this returns.

        Raises: BadInput for neither or both; Unauthenticated for a token that does not count anyway.
        """
        if bool(token_id) == bool(token):
            raise BadInput("Name the token to revoke: either its id or the token itself.")
        ends = None
        if token:
            principal = await self.tokens.read(token)
            token_id, ends = principal.token_id, principal.expires_at
        assert token_id
        until = ends + LEEWAY if ends else FOR_GOOD
        await to_thread.run_sync(self.revocations.add, token_id, until, asker.subject)
        _note(f"token {token_id}")
        return Revoked(token_id, ends)


def _note(detail: str) -> None:
    """Say in the open record, if there is one, which token it was about."""
    record = current()
    if record is not None:
        record.note(detail)


def narrowed(own: Scope, requested: Scope) -> Scope:
    """The scope that is asked for, inside the asker's own, which holds for every name that is not asked for.

    Raises: Forbidden for a value beyond it.
    """
    for name, values in requested.items():
        beyond = sorted(set(values) - set(own.get(name, values)))
        if beyond:
            raise Forbidden(
                f"Your own token does not reach the {name} {beyond[0]}, so it makes none that does. "
                f"It reaches: {', '.join(own[name])}."
            )
    return MappingProxyType({**own, **requested})
