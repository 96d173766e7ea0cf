"""Makes, lists and revokes tokens, and signs in by links: the `TokenService` for resolvers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from anyio import to_thread
from graphql import GraphQLSchema

from resolvers.token_service_interface import Listed, Minted, Revoked
from schema.access_policy import LONGEST_TOKEN, access_of, checked_scope
from schema.roles import Role
from server.answering.audit import name_asker
from server.answering.published_operations import Operation
from server.identity.embed_grants import make_grant
from server.identity.principal import Grant, Principal, Use
from server.identity.token_lifetimes import parse_embed_ttl, parse_link_ttl, parse_ttl
from server.identity.tokens import ISSUER, LEEWAY, Issued, Tokens
from warehouse.access import Access
from warehouse.audit.record import current
from warehouse.errors import BadInput, Forbidden, Unauthenticated, Unavailable
from warehouse.issued_tokens import IssuedToken, IssuedTokens, TokenKind, by_provider
from warehouse.revocations import FOR_GOOD, Revocations

MOST_ID = 256
# Browsers keep cookies of 4,096 bytes with their names, and drop larger ones without a word.
MOST_COOKIE = 3_900
Scope = Mapping[str, tuple[str, ...]]


class SessionTooLarge(Forbidden):
    """A session says more than a cookie holds: its row scope is long."""


@dataclass(frozen=True)
class LocalTokenService:
    """The policy has already checked that the caller may mint and revoke; this checks only how far.

    `issued` is where tokens are noted before they are handed out; without it none can be made.
    """

    tokens: Tokens
    operations: Mapping[str, Operation]
    revocations: Revocations
    schema: Callable[[], GraphQLSchema]
    issued: IssuedTokens | None = None

    async def mint(self, asker: Access, role: Role, subject: str, scope: Scope, ttl: str) -> Minted:
        """Make a token whose rows are within the maker's scope.

        Raises: BadInput for a subject that can be none, a role without a token of its own, or an invalid time;
        Forbidden for a wider scope.
        """
        principal = _named_principal(asker, role, subject, scope)
        made = self.tokens.issue(principal, parse_ttl(ttl, name="ttl"))
        return await self._handed_out(TokenKind.TOKEN, principal, made, asker.subject)

    async def mint_link(self, asker: Access, role: Role, subject: str, scope: Scope, ttl: str, within: str) -> Minted:
        """Make what a link carries that signs in once: it is exchanged `within` a time for a token that lasts `ttl`.

        Raises: as `mint`, and BadInput for a role that has no pages.
        """
        principal = _named_principal(asker, role, subject, scope)
        check_signs_in(role)
        made = self.tokens.issue_link(principal, parse_ttl(ttl, name="ttl"), parse_link_ttl(within, "within"))
        return await self._handed_out(TokenKind.LINK, principal, made, asker.subject)

    async def sign_in(self, link: str) -> Minted:
        """Exchange what a link carries for a token: once.

        Raises: Unauthenticated for a link that was used or revoked, has expired, or is not ours.
        """
        principal, ttl = self.tokens.read_link(link)
        name_asker(principal)
        assert principal.token_id
        assert principal.expires_at
        ended_at = self.revocations.revoked_at(subject_key(ISSUER, principal.subject))
        until = principal.expires_at + LEEWAY
        is_first = await to_thread.run_sync(self.revocations.use_up, principal.token_id, until, principal.subject)
        if not is_first or (ended_at is not None and (principal.issued_at or ended_at) <= ended_at):
            raise Unauthenticated("This link was used already, or revoked. Ask for a new one.")
        made = self.tokens.issue(principal, ttl)
        return await self._handed_out(TokenKind.SESSION, principal, made, f"link {principal.token_id}")

    async def start_session(self, principal: Principal, provider: str, ttl: timedelta) -> Issued:
        """A session of the pages for somebody whom a provider signed in.

        Raises: SessionTooLarge.
        """
        made = self.tokens.issue_page_session(principal, provider, ttl)
        if len(made.token) > MOST_COOKIE:
            raise SessionTooLarge(
                f"The session of {principal.subject[:MOST_ID]!r} has {len(made.token):,} characters, and browsers keep "
                f"{MOST_COOKIE:,}. Give them a row scope with fewer values at the provider."
            )
        await self._handed_out(TokenKind.SESSION, principal, made, by_provider(provider))
        return made

    async def open_embed(self, token: Principal, operation: str) -> Issued:
        """Exchange an embed token for the session of one frame, which runs one of its operations.

        Raises: Forbidden for a token that embeds something else; Unauthenticated for one that was exchanged before, if
        it counts once.
        """
        grant = embeds(token, operation)
        assert token.expires_at
        if grant.use is Use.ONCE:
            key, until = f"{token.token_id} for {operation}", token.expires_at + LEEWAY
            if not await to_thread.run_sync(self.revocations.count_use, key, until, token.subject):
                raise Unauthenticated("This embed token opened its frame already. Make one for each frame.")
        return self.tokens.issue_session(replace(token, grant=replace(grant, operations=(operation,), use=Use.SESSION)))

    async def listed(self, asker: Access, limit: int) -> list[Listed]:
        """The tokens that this server or others on the same warehouse made and that have not expired, newest first.

        Raises: Forbidden for a scoped admin.
        """
        if asker.scope:
            raise Forbidden("Your own token has a scope, so it can't list the tokens of everybody.")
        found = await to_thread.run_sync(self._issued.newest, limit)
        return [Listed(one, self._is_revoked(one)) for one in found]

    def _is_revoked(self, token: IssuedToken) -> bool:
        ended_at = self.revocations.revoked_at(subject_key(token.provider or ISSUER, token.subject))
        return token.token_id in self.revocations or (ended_at is not None and token.issued_at <= ended_at)

    @property
    def _issued(self) -> IssuedTokens:
        if self.issued is None:
            raise Unavailable("Tokens are made and listed by the server. Here use: marquee token issue")
        return self.issued

    async def _handed_out(self, kind: TokenKind, principal: Principal, made: Issued, by: str) -> Minted:
        """Note a new token, and return it."""
        operations = principal.grant.operations if principal.grant else ()
        now = datetime.now(UTC)
        noted = IssuedToken(
            made.token_id,
            kind,
            principal.subject,
            principal.role.value,
            principal.scope,
            operations,
            by,
            now,
            made.expires_at,
        )
        await to_thread.run_sync(self._issued.add, noted)
        _note(f"token {made.token_id}")
        return Minted(made.token_id, made.token, made.expires_at)

    async def mint_embed(
        self,
        asker: Access,
        operations: Sequence[str],
        variables: Mapping[str, Any],
        scope: Scope,
        origin: str | None,
        ttl: str,
        is_reusable: bool,
    ) -> Minted:
        """Make an embed token whose rows are within the maker's scope.

        Raises: BadInput for invalid operations, variables, origin or time; Forbidden for a wider scope.
        """
        grant = make_grant(self.operations, operations, variables, origin, self.schema, is_reusable)
        subject, rows = f"embed of {asker.subject}", narrowed(asker.scope, checked_scope(scope))
        access_of(subject, Role.EMBED, rows)
        principal = Principal(subject, Role.EMBED, rows, grant)
        made = self.tokens.issue(principal, parse_embed_ttl(ttl, "ttl"))
        return await self._handed_out(TokenKind.EMBED, principal, made, asker.subject)

    async def revoke_subject(self, asker: Access, subject: str, issuer: str = ISSUER) -> None:
        """Revoke all tokens of a subject that were issued until now.

        Raises: BadInput for a subject that can be none; Forbidden for a scoped admin.
        """
        _check_subject(subject)
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


def _named_principal(asker: Access, role: Role, subject: str, scope: Scope) -> Principal:
    """Whom a new token stands for, within the maker's scope.

    Raises: BadInput; Forbidden.
    """
    _check_subject(subject)
    if role is Role.EMBED:
        raise BadInput("An embed token is made for operations: createEmbedToken.", "role")
    if role is Role.INGEST and (scope or asker.scope):
        raise BadInput("A token of the role ingest has no row scope, and a scoped admin makes none.", "scope")
    rows = narrowed(asker.scope, checked_scope(scope))
    if role is not Role.INGEST:
        access_of(subject, role, rows)
    return Principal(subject, role, rows)


def check_signs_in(role: Role) -> None:
    """Raises: BadInput for a role that has no pages to sign in to."""
    if role not in (Role.VIEWER, Role.ANALYST, Role.ADMIN):
        raise BadInput(f"The role {role} has no pages to sign in to. Use viewer, analyst or admin.", "role")


def _check_subject(subject: str) -> None:
    if not (0 < len(subject) <= MOST_ID and subject.isprintable()):
        raise BadInput(f"A subject has 1 to {MOST_ID} printable characters.", "subject")


def embeds(token: Principal, operation: str) -> Grant:
    """What an embed token allows of an operation.

    Raises: Forbidden for another token, or one that opens no frame of it.
    """
    grant = token.grant
    if grant is None or operation not in grant.operations or grant.use is Use.SESSION:
        raise Forbidden("This token is not made to embed this operation.")
    return grant


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
