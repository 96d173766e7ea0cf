"""Tokens that the server made: kept in the warehouse so that an administrator can list and revoke them.

The token itself is never stored. Tokens of `marquee token` are not here: that command does not open the warehouse.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
import pyarrow as pa

from warehouse.described_enum import DescribedEnum
from warehouse.engine.engine import Engine


class TokenKind(DescribedEnum):
    """What was made: a token to send, a link that signs in once, what signing in gave, or an embed token."""

    TOKEN = "TOKEN", "A token that is sent with requests."
    LINK = "LINK", "A link that signs in once."
    SESSION = (
        "SESSION",
        "What a link was exchanged for, or the session of somebody whom a provider signed in.",
    )
    EMBED = "EMBED", "A token that runs named operations in other sites' pages."


_PROVIDER = "provider "


def by_provider(provider: str) -> str:
    """Who made the session of somebody whom a provider signed in."""
    return f"{_PROVIDER}{provider}"


@dataclass(frozen=True)
class IssuedToken:
    """One token; `operations` are those of an embed token, `issued_by` the subject who made it, or for a session the
    link or provider that it came from.
    """

    token_id: str
    kind: TokenKind
    subject: str
    role: str
    scope: Mapping[str, tuple[str, ...]]
    operations: tuple[str, ...]
    issued_by: str
    issued_at: datetime
    expires_at: datetime

    @property
    def provider(self) -> str | None:
        """Whose the subject is, if that is a provider's; ours of the same name is somebody else."""
        is_theirs = self.kind is TokenKind.SESSION and self.issued_by.startswith(_PROVIDER)
        return self.issued_by.removeprefix(_PROVIDER) if is_theirs else None


@dataclass(frozen=True)
class IssuedTokens:
    """The table of issued tokens."""

    engine: Engine

    def add(self, token: IssuedToken) -> None:
        """Note a token before it is handed out, so that each one that is out can be found and revoked."""
        row = vars(token) | {"kind": token.kind.value, "scope": orjson.dumps(dict(token.scope)).decode()}
        self.engine.insert("issued_tokens", pa.Table.from_pylist([row], schema=_SCHEMA))
        self.engine.sync()

    def newest(self, limit: int) -> list[IssuedToken]:
        """The tokens that have not expired, newest first."""
        found = self.engine.query(
            f"SELECT {', '.join(_SCHEMA.names)} FROM issued_tokens WHERE expires_at > now() "
            "ORDER BY issued_at DESC, token_id LIMIT {limit:UInt32}",
            {"limit": limit},
        )
        return [_told(**row) for row in found.dicts()]


_SCHEMA = pa.schema(
    {
        **dict.fromkeys(("token_id", "kind", "subject", "role", "scope"), pa.string()),
        "operations": pa.list_(pa.string()),
        "issued_by": pa.string(),
        "issued_at": pa.timestamp("ms", "UTC"),
        "expires_at": pa.timestamp("s", "UTC"),
    }
)


def _told(
    *,
    token_id: str,
    kind: str,
    subject: str,
    role: str,
    scope: str,
    operations: list[str],
    issued_by: str,
    issued_at: datetime,
    expires_at: datetime,
) -> IssuedToken:
    named = {name: tuple(values) for name, values in orjson.loads(scope).items()}
    made, ends = issued_at.replace(tzinfo=UTC), expires_at.replace(tzinfo=UTC)
    return IssuedToken(token_id, TokenKind(kind), subject, role, named, tuple(operations), issued_by, made, ends)
