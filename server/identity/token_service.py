"""Makes embed tokens and revokes tokens: the `TokenService` for resolvers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from anyio import to_thread
from graphql import GraphQLSchema

from resolvers.token_service import Minted, Revoked
from schema.access_policy import LONGEST_TOKEN, access_of, checked_scope
from schema.roles import Role
from server.answering.operations import Operation
from server.identity.grants import make_grant
from server.identity.principal import Principal
from server.identity.token_options import parse_embed_ttl
from server.identity.tokens import ISSUER, LEEWAY, Tokens
from warehouse.access import Access
from warehouse.audit.record import current
from warehouse.errors import BadInput, Forbidden
from warehouse.revocations import FOR_GOOD, Revocations

MOST_ID = 256
Scope = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class LocalTokenService:
    """The policy has already checked that the caller may mint and revoke; this checks only how far."""

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
        """Make an embed token whose rows are within the maker's scope.

        Raises: BadInput for invalid operations, variables, origin or time; Forbidden for a wider scope.
        """
        grant = make_grant(self.operations, operations, variables, origin, self.schema)
        subject, rows = f"embed of {asker.subject}", narrowed(asker.scope, checked_scope(scope))
        access_of(subject, Role.EMBED, rows)
        made = self.tokens.issue(Principal(subject, Role.EMBED, rows, grant), parse_embed_ttl(ttl, "ttl"))
        _note(f"token {made.token_id}")
        return Minted(made.token_id, made.token, made.expires_at)

    async def revoke_subject(self, asker: Access, subject: str, issuer: str = ISSUER) -> None:
        """Revoke all tokens of a subject that were issued until now.

        Raises: BadInput for a subject that can be none; Forbidden for a scoped admin.
        """
        if not (0 < len(subject) <= MOST_ID and subject.isprintable()):
            raise BadInput(f"A subject has 1 to {MOST_ID} printable characters.")
        if asker.scope:
            raise Forbidden("Your own token has a scope, so it can't end all tokens of a subject.")
        until = datetime.now(UTC) + LONGEST_TOKEN + LEEWAY
        await to_thread.run_sync(self.revocations.add, subject_key(issuer, subject), until, asker.subject)
        _note(f"all tokens of {subject}")

    async def revoke(self, asker: Access, token_id: str | None, token: str | None) -> Revoked:
        """Revoke a token; when this returns, this process no longer accepts it.

        Raises: BadInput for neither or both arguments, or an id that can be none; Unauthenticated for a token that is
        invalid anyway; Forbidden for a scoped admin, except of a token within the scope.
        """
        if bool(token_id) == bool(token):
            raise BadInput("Name the token to revoke: either its id or the token itself.")
        if token_id is not None and not (len(token_id) <= MOST_ID and token_id.isprintable()):
            raise BadInput(f"The id of a token has up to {MOST_ID} printable characters.", "id")
        if asker.scope and not token:
            raise Forbidden("Your own token has a scope, so name the token itself: its id does not say its scope.")
        ends = None
        if token:
            principal = await self.tokens.read(token)
            _check_within(asker.scope, principal.scope)
            token_id, ends = principal.token_id, principal.expires_at
        assert token_id
        until = ends + LEEWAY if ends else FOR_GOOD
        await to_thread.run_sync(self.revocations.add, token_id, until, asker.subject)
        _note(f"token {token_id}")
        return Revoked(token_id, ends)


def _check_within(own: Scope, other: Scope) -> None:
    """Raises: Forbidden for a token that reaches further than the asker's."""
    for name, values in own.items():
        if not set(other.get(name, ())) or set(other[name]) - set(values):
            raise Forbidden(
                f"That token reaches further than yours, which reaches the {name} {', '.join(values)} only."
            )


def subject_key(issuer: str, subject: str) -> str:
    """The id under which all tokens of a subject are revoked; tokens have no such ids."""
    return f"subject {issuer} {subject}"


def _note(detail: str) -> None:
    """Add the token to the open audit record, if there is one."""
    record = current()
    if record is not None:
        record.note(detail)


def narrowed(own: Scope, requested: Scope) -> Scope:
    """The requested scope within the asker's own; names that are not requested keep the asker's values.

    Raises: Forbidden for a value outside the asker's scope.
    """
    for name, values in requested.items():
        beyond = sorted(set(values) - set(own.get(name, values)))
        if beyond:
            raise Forbidden(
                f"Your own token does not reach the {name} {beyond[0]}, so it can't make one that does. "
                f"It reaches: {', '.join(own[name])}."
            )
    return MappingProxyType({**own, **requested})
