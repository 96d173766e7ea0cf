"""How long an open connection may go on: for as long as its token would be let in anew."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from server.identity import tokens
from server.identity.principal import Principal
from warehouse.errors import MarqueeError

# Tokens are revoked, secrets rotated and clocks set: a token is read again this often, whatever is left of it.
LOOK_S = 1.0
_LEAST_S = 0.01


async def until_ended(read: Callable[[], Awaitable[Principal]]) -> MarqueeError:
    """Wait until `read` no longer takes the token, at the instant of its end; returns why.

    Where nobody can tell any more whether it counts, it does not.
    """
    while True:
        try:
            principal = await read()
        except MarqueeError as ended:
            return ended
        await asyncio.sleep(_pause_s(principal))


def _pause_s(principal: Principal) -> float:
    if principal.expires_at is None:
        return LOOK_S
    left = principal.expires_at + tokens.LEEWAY - datetime.now(UTC)
    return min(max(left.total_seconds(), _LEAST_S), LOOK_S)
