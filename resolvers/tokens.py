"""Token mutations: make an embed token for panels in other sites' pages, and revoke a token."""

from typing import Annotated, Any

import strawberry
from strawberry.scalars import JSON

from resolvers.context import context_of
from resolvers.strawberry_internals import raw
from resolvers.token_service import TokenService
from resolvers.unknown_values import RequestedValues, note_requested
from schema.access_policy import checked_scope
from schema.scalars import DateTime
from schema.tokens import EmbedToken, RevokedToken, RowScope
from warehouse.errors import BadInput, Unavailable
from warehouse.query.known_values import key_of

Operations = Annotated[list[str], strawberry.argument(description="The published operations that it runs.")]
FixedVariables = Annotated[JSON | None, strawberry.argument(description="Variables that it fixes.")]
Scope = Annotated[RowScope | None, strawberry.argument(description="The rows it may see, within your own.")]
Origin = Annotated[str | None, strawberry.argument(description="The origin of pages that may frame it.")]
Lifetime = Annotated[str, strawberry.argument(description="How long it lasts: `90s`, `30m`, `1h`, `7d`.")]
TokenId = Annotated[strawberry.ID | None, strawberry.argument(description="The token's id.")]
TokenItself = Annotated[str | None, strawberry.argument(description="The token itself.")]


async def create_embed_token(
    info: strawberry.Info,
    operations: Operations,
    variables: FixedVariables = None,
    scope: Scope = None,
    origin: Origin = None,
    ttl: Lifetime = "1h",
) -> EmbedToken:
    """Make a token that only runs published operations, with these variables fixed, framed by one origin (default: this
    server's own pages). Every operation must have each fixed variable. Its rows are those of `scope` within your own;
    `ttl` is a time such as `90s`, `30m`, `1h` or `7d`, at most 30 days.
    """
    context, rows = context_of(info), scope.named() if scope else {}
    made = _token_service(info).mint_embed(context.access, operations, _object(variables), rows, origin, ttl)
    requested = [
        RequestedValues(f"scope.{name}", key_of(name, "eq"), values) for name, values in checked_scope(rows).items()
    ]
    await note_requested(context, raw(info), requested)
    return EmbedToken(
        id=strawberry.ID(made.token_id), token=made.token, expires_at=DateTime(made.expires_at.isoformat())
    )


async def revoke_token(
    info: strawberry.Info,
    id: TokenId = None,
    token: TokenItself = None,
) -> RevokedToken:
    """Revoke a token, given by its id or as the token itself. It is refused from the next request on; other processes
    that serve the same warehouse refuse it within seconds.
    """
    ended = await _token_service(info).revoke(context_of(info).access, id, token)
    until = DateTime(ended.until.isoformat()) if ended.until else None
    return RevokedToken(id=strawberry.ID(ended.token_id), until=until)


def _object(variables: Any) -> dict[str, Any]:
    if variables is not None and not isinstance(variables, dict):
        raise BadInput("`variables` is not an object: {days: 30}.")
    return variables or {}


def _token_service(info: strawberry.Info) -> TokenService:
    token_service = context_of(info).token_service
    if token_service is None:
        raise Unavailable(
            "Only the server does this. On the command line use marquee token embed and marquee token revoke."
        )
    return token_service
