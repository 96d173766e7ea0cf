"""Mutations of tokens: making one that shows panels in pages of others, and ending one before its time."""

from typing import Any

import strawberry
from strawberry.scalars import JSON

from resolvers.context import context_of
from resolvers.strawberry_internals import raw
from resolvers.token_service import TokenService
from resolvers.unmatched import RequestedValues, note_requested
from schema.policy import checked_scope
from schema.scalars import Moment
from schema.tokens import EmbedToken, RevokedToken, RowScope
from warehouse.errors import BadInput, Unavailable
from warehouse.query.known_values import key_of


async def create_embed_token(
    info: strawberry.Info,
    operations: list[str],
    variables: JSON | None = None,
    scope: RowScope | None = None,
    origin: str | None = None,
    ttl: str = "1h",
) -> EmbedToken:
    """A token that runs published operations, with these variables fixed, in frames of one origin (without one: of
    this server's own pages), and nothing else. Each fixed variable must be one of every operation. Its rows are those
    of `scope` inside your own; `ttl` is `90s`, `30m`, `1h` or `7d`, 30 days at most.
    """
    context, rows = context_of(info), scope.named() if scope else {}
    made = _token_service(info).mint_embed(context.access, operations, _object(variables), rows, origin, ttl)
    requested = [
        RequestedValues(f"scope.{name}", key_of(name, "eq"), values) for name, values in checked_scope(rows).items()
    ]
    await note_requested(context, raw(info), requested)
    return EmbedToken(id=strawberry.ID(made.token_id), token=made.token, expires_at=Moment(made.expires_at.isoformat()))


async def revoke_token(
    info: strawberry.Info, id: strawberry.ID | None = None, token: str | None = None
) -> RevokedToken:
    """End a token before its time: name it by its id, or give the token itself. It is refused from the next request
    on; where several processes serve one warehouse, within seconds by the others.
    """
    ended = await _token_service(info).revoke(context_of(info).access, id, token)
    until = Moment(ended.until.isoformat()) if ended.until else None
    return RevokedToken(id=strawberry.ID(ended.token_id), until=until)


def _object(variables: Any) -> dict[str, Any]:
    if variables is not None and not isinstance(variables, dict):
        raise BadInput("`variables` is not an object: {days: 30}.")
    return variables or {}


def _token_service(info: strawberry.Info) -> TokenService:
    token_service = context_of(info).token_service
    if token_service is None:
        raise Unavailable("Tokens are made by the server and by the command: marquee token embed, marquee token revoke")
    return token_service
