"""What makes and revokes tokens, as resolvers know it; the server puts one into the request's context."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from warehouse.access import Access


@dataclass(frozen=True)
class Minted:
    """A new token, the id by which it is revoked, and its end."""

    token_id: str
    token: str
    expires_at: datetime


@dataclass(frozen=True)
class Revoked:
    """A token that counts no more; `until` is when it would have ended, None where only its id is known."""

    token_id: str
    until: datetime | None


class TokenService(Protocol):
    """Acts for an asker whom the policy let through; decides how far that one reaches."""

    def mint_embed(
        self,
        asker: Access,
        operations: Sequence[str],
        variables: Mapping[str, Any],
        scope: Mapping[str, tuple[str, ...]],
        origin: str | None,
        ttl: str,
    ) -> Minted:
        """An embed token that sees no row which its maker does not."""
        ...

    async def revoke(self, asker: Access, token_id: str | None, token: str | None) -> Revoked:
        """End a token, given itself or by its id, before its time."""
        ...
