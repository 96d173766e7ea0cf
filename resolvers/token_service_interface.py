"""The interface for making, listing and revoking tokens; the server puts an implementation into a request's context."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from schema.roles import Role
from warehouse.access import Access
from warehouse.issued_tokens import IssuedToken


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


@dataclass(frozen=True)
class Listed:
    """A token that was made and has not expired, and whether it was revoked; a link that was used is."""

    token: IssuedToken
    is_revoked: bool


class TokenService(Protocol):
    """Makes and revokes tokens. The policy has already checked the asker; this decides how far the asker may go."""

    async def mint(
        self, asker: Access, role: Role, subject: str, scope: Mapping[str, tuple[str, ...]], ttl: str
    ) -> Minted:
        """Make a token whose rows are within its maker's scope."""
        ...

    async def mint_link(
        self, asker: Access, role: Role, subject: str, scope: Mapping[str, tuple[str, ...]], ttl: str, within: str
    ) -> Minted:
        """Make what a link carries that signs in once."""
        ...

    async def listed(self, asker: Access, limit: int) -> list[Listed]:
        """The newest tokens that have not expired."""
        ...

    async def mint_embed(
        self,
        asker: Access,
        operations: Sequence[str],
        variables: Mapping[str, Any],
        scope: Mapping[str, tuple[str, ...]],
        origin: str | None,
        ttl: str,
        is_reusable: bool,
    ) -> Minted:
        """Make an embed token whose rows are within its maker's scope."""
        ...

    async def revoke(self, asker: Access, token_id: str | None, token: str | None) -> Revoked:
        """Revoke a token, given by its id or as the token itself."""
        ...
