"""The interface for making and revoking tokens; the server puts an implementation into the request's context."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from warehouse.access import Access


@dataclass(frozen=True)
class Minted:
    """A new token, its id for revocation, and its expiry."""

    token_id: str
    token: str
    expires_at: datetime


@dataclass(frozen=True)
class Revoked:
    """A revoked token; `until` is its expiry, None if only the id is known."""

    token_id: str
    until: datetime | None


class TokenService(Protocol):
    """Makes and revokes tokens. The policy has already checked the asker; this decides how far the asker may go."""

    def mint_embed(
        self,
        asker: Access,
        operations: Sequence[str],
        variables: Mapping[str, Any],
        scope: Mapping[str, tuple[str, ...]],
        origin: str | None,
        ttl: str,
    ) -> Minted:
        """Make an embed token whose rows are within its maker's scope."""
        ...

    async def revoke(self, asker: Access, token_id: str | None, token: str | None) -> Revoked:
        """Revoke a token, given by its id or as the token itself."""
        ...
