"""Token expiry: an open connection ends when its token would no longer be accepted."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from server.identity import tokens
from server.identity.principal import Principal
from warehouse.errors import MarqueeError

# Tokens are revoked, secrets rotated and clocks changed, so the token is checked at least this often.
LOOK_S = 1.0
_LEAST_S = 0.01


async def until_ended(read: Callable[[], Awaitable[Principal]]) -> MarqueeError:
    """Wait until `read` rejects the token, at the latest when it expires; returns the reason.

    If the token can't be checked any more, it counts as rejected.
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
