"""Token mutations: make an embed token for panels in other sites' pages, and revoke a token."""

from typing import Annotated, Any

import strawberry

from resolvers.context import context_of
from resolvers.strawberry_internals import raw
from resolvers.token_service import TokenService
from resolvers.unknown_values import RequestedValues, note_requested
from resolvers.user_errors import done_or_refused
from schema.access_policy import checked_scope
from schema.payloads import CreateEmbedTokenInput, CreateEmbedTokenPayload, RevokeTokenInput, RevokeTokenPayload
from schema.scalars import DateTime
from schema.tokens import DEFAULT_TTL, EmbedToken, RevokedToken
from warehouse.errors import BadInput, Unavailable
from warehouse.query.known_values import key_of

Creation = Annotated[CreateEmbedTokenInput, strawberry.argument(description="The token to make.")]
Revocation = Annotated[RevokeTokenInput, strawberry.argument(description="The token to revoke.")]


async def create_embed_token(info: strawberry.Info, input: Creation) -> CreateEmbedTokenPayload:
    """Make a token that only runs published operations, with these variables fixed, framed by one origin (default: this
    server's own pages). Every operation must have each fixed variable. Its rows are those of `scope` within your own;
    `ttl` is a time such as `90s`, `30m`, `1h` or `7d`, at most 30 days.
    """
    made, errors = await done_or_refused(context_of(info), _made(info, input))
    return CreateEmbedTokenPayload(embed_token=made, user_errors=errors)


async def revoke_token(info: strawberry.Info, input: Revocation) -> RevokeTokenPayload:
    """Revoke a token, given by its id or as the token itself. It is refused from the next request on; other processes
    that serve the same warehouse refuse it within seconds.
    """
    ended, errors = await done_or_refused(context_of(info), _ended(info, input))
    return RevokeTokenPayload(revoked_token=ended, user_errors=errors)


async def _made(info: strawberry.Info, asked: CreateEmbedTokenInput) -> EmbedToken:
    context, service = context_of(info), _token_service(info)
    rows = asked.scope.named() if asked.scope else {}
    try:
        scope = checked_scope(rows)
    except BadInput as error:
        raise BadInput(str(error), "scope") from error
    fixed, ttl = _object(asked.variables), DEFAULT_TTL if asked.ttl is None else asked.ttl
    made = service.mint_embed(context.access, asked.operations, fixed, rows, asked.origin, ttl)
    requested = [RequestedValues(f"scope.{name}", key_of(name, "eq"), values) for name, values in scope.items()]
    await note_requested(context, raw(info), requested)
    expires_at = DateTime(made.expires_at.isoformat())
    return EmbedToken(id=strawberry.ID(made.token_id), token=made.token, expires_at=expires_at)


async def _ended(info: strawberry.Info, asked: RevokeTokenInput) -> RevokedToken:
    ended = await _token_service(info).revoke(context_of(info).access, asked.id or None, asked.token or None)
    until = DateTime(ended.until.isoformat()) if ended.until else None
    return RevokedToken(id=strawberry.ID(ended.token_id), until=until)


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
