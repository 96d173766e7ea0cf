"""Tokens: make one, a link that signs in once, or an embed token for other sites' pages; list and revoke them."""

from collections.abc import Mapping
from typing import Annotated, Any

import strawberry

from resolvers.context import context_of
from resolvers.strawberry_internals import raw
from resolvers.token_service_interface import Listed, TokenService
from resolvers.unknown_values import RequestedValues, note_requested
from resolvers.user_errors import done_or_refused
from schema.access_policy import checked_scope
from schema.node_ids import node_id, token_id
from schema.payloads import (
    CreateEmbedTokenInput,
    CreateEmbedTokenPayload,
    CreateSignInLinkInput,
    CreateSignInLinkPayload,
    CreateTokenInput,
    CreateTokenPayload,
    RevokeTokenInput,
    RevokeTokenPayload,
)
from schema.roles import Role
from schema.scalars import DateTime
from schema.tokens import (
    DEFAULT_TTL,
    MOST_TOKENS,
    EmbedToken,
    First,
    IssuedToken,
    NewToken,
    RevokedToken,
    RowScope,
    SignInLink,
)
from warehouse.errors import BadInput, Unavailable
from warehouse.query.known_values import key_of
from warehouse.query.local_time import instant_text

Creation = Annotated[CreateEmbedTokenInput, strawberry.argument(description="The token to make.")]
TokenCreation = Annotated[CreateTokenInput, strawberry.argument(description="The token to make.")]
LinkCreation = Annotated[CreateSignInLinkInput, strawberry.argument(description="The link to make.")]
Revocation = Annotated[RevokeTokenInput, strawberry.argument(description="The token to revoke.")]


async def create_embed_token(info: strawberry.Info, input: Creation) -> CreateEmbedTokenPayload:
    """Make a token that only runs published operations, with these variables fixed, framed by one origin (default: this
    server's own pages). Every operation must have each fixed variable. Its rows are those of `scope` within your own;
    `ttl` is a time such as `90s`, `30m`, `1h` or `7d`, at most 30 days.
    """
    made, errors = await done_or_refused(context_of(info), _made(info, input))
    return CreateEmbedTokenPayload(embed_token=made, user_errors=errors)


async def create_token(info: strawberry.Info, input: TokenCreation) -> CreateTokenPayload:
    """Make a token for a person or a program, with rows within your own scope. It is shown only once."""
    made, errors = await done_or_refused(context_of(info), _made_token(info, input))
    return CreateTokenPayload(token=made, user_errors=errors)


async def create_sign_in_link(info: strawberry.Info, input: LinkCreation) -> CreateSignInLinkPayload:
    """Make a link that signs in once, as a person with rows within your own scope. It is shown only once."""
    made, errors = await done_or_refused(context_of(info), _made_link(info, input))
    return CreateSignInLinkPayload(sign_in_link=made, user_errors=errors)


async def tokens(info: strawberry.Info, first: First = 50) -> list[IssuedToken]:
    """Tokens and links that servers of this warehouse made and that have not expired, newest first. Those of `marquee
    token` and of an identity provider are not known. For tokens without a row scope.
    """
    if not 1 <= first <= MOST_TOKENS:
        raise BadInput(f"`first` is {first}. It may be 1 to {MOST_TOKENS}.", "first")
    return [_shown(one) for one in await _token_service(info).listed(context_of(info).access, first)]


async def revoke_token(info: strawberry.Info, input: Revocation) -> RevokeTokenPayload:
    """Revoke a token, given by its id or as the token itself. It is refused from the next request on; other processes
    that serve the same warehouse refuse it within seconds.
    """
    ended, errors = await done_or_refused(context_of(info), _ended(info, input))
    return RevokeTokenPayload(revoked_token=ended, user_errors=errors)


async def _made(info: strawberry.Info, asked: CreateEmbedTokenInput) -> EmbedToken:
    context, service = context_of(info), _token_service(info)
    rows = _rows(asked.scope)
    fixed, ttl = _object(asked.variables), DEFAULT_TTL if asked.ttl is None else asked.ttl
    made = await service.mint_embed(context.access, asked.operations, fixed, rows, asked.origin, ttl, asked.reusable)
    await _note_scope(info, rows)
    expires_at = DateTime(instant_text(made.expires_at))
    return EmbedToken(**_ids("EmbedToken", made.token_id), token=made.token, expires_at=expires_at)


async def _made_token(info: strawberry.Info, asked: CreateTokenInput) -> NewToken:
    rows, asker = _rows(asked.scope), context_of(info).access
    made = await _token_service(info).mint(asker, asked.role, asked.subject, rows, asked.ttl)
    await _note_scope(info, rows)
    expires_at = DateTime(instant_text(made.expires_at))
    return NewToken(**_ids("NewToken", made.token_id), token=made.token, expires_at=expires_at)


async def _made_link(info: strawberry.Info, asked: CreateSignInLinkInput) -> SignInLink:
    rows, asker = _rows(asked.scope), context_of(info).access
    made = await _token_service(info).mint_link(asker, asked.role, asked.subject, rows, asked.ttl, asked.within)
    await _note_scope(info, rows)
    expires_at = DateTime(instant_text(made.expires_at))
    return SignInLink(**_ids("SignInLink", made.token_id), path=f"/#link={made.token}", expires_at=expires_at)


def _rows(scope: RowScope | None) -> Mapping[str, tuple[str, ...]]:
    try:
        return checked_scope(scope.named() if scope else {})
    except BadInput as error:
        raise BadInput(str(error), "scope") from error


async def _note_scope(info: strawberry.Info, rows: Mapping[str, tuple[str, ...]]) -> None:
    """Note scope values that nothing has."""
    requested = [RequestedValues(f"scope.{name}", key_of(name, "eq"), values) for name, values in rows.items()]
    await note_requested(context_of(info), raw(info), requested)


def _shown(listed: Listed) -> IssuedToken:
    token = listed.token
    return IssuedToken(
        **_ids("IssuedToken", token.token_id),
        kind=token.kind,
        subject=token.subject,
        role=Role(token.role),
        scope=[f"{name}={value}" for name, values in token.scope.items() for value in values],
        operations=list(token.operations),
        issued_by=token.issued_by,
        issued_at=DateTime(instant_text(token.issued_at, "milliseconds")),
        expires_at=DateTime(instant_text(token.expires_at)),
        is_revoked=listed.is_revoked,
    )


async def _ended(info: strawberry.Info, asked: RevokeTokenInput) -> RevokedToken:
    named = token_id(str(asked.id)) if asked.id else None
    ended = await _token_service(info).revoke(context_of(info).access, named, asked.token or None)
    until = DateTime(instant_text(ended.until)) if ended.until else None
    return RevokedToken(**_ids("RevokedToken", ended.token_id), until=until)


def _ids(type_name: str, own_id: str) -> dict[str, strawberry.ID]:
    return {"id": strawberry.ID(node_id(type_name, own_id)), "source_id": strawberry.ID(own_id)}


def _object(variables: Any) -> dict[str, Any]:
    if variables is not None and not isinstance(variables, dict):
        raise BadInput("`variables` is not an object: {days: 30}.", "variables")
    return variables or {}


def _token_service(info: strawberry.Info) -> TokenService:
    token_service = context_of(info).token_service
    if token_service is None:
        raise Unavailable(
            "Only the server does this. On the command line use marquee token embed and marquee token revoke."
        )
    return token_service
