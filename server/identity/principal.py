"""The principal a token identifies, and what an embed token may run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from schema.roles import Role

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Use(StrEnum):
    """What an embed token is for. Those that stand in addresses open frames and nothing else: each frame exchanges its
    token for a session, and only sessions ask.
    """

    ONCE = "once"
    """It opens each of its operations in one frame."""
    OFTEN = "often"
    """It opens frames until it expires: for pages that no server writes anew for each visitor."""
    SESSION = "session"
    """It asks for one open frame."""


@dataclass(frozen=True)
class Grant:
    """What an embed token may run: published operations with fixed variables, framed by one origin."""

    operations: tuple[str, ...]
    variables: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    origin: str | None = None
    use: Use = Use.ONCE


@dataclass(frozen=True)
class WriteGrant:
    """What a token of the role ingest may send, within what its role may. Empty or None means no limit.

    `columns` are `table.column`, and limit the tables that they name; columns that a table requires may always come.
    `rows_a_day` counts rows of all tokens of the subject since midnight UTC. `source` names its loads in the ledger.
    """

    tables: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows_a_day: int | None = None
    source: str = ""

    def columns_of(self, table: str) -> frozenset[str] | None:
        """The columns of a table that may come beside the required ones; None for all."""
        named = [name.partition(".") for name in self.columns]
        found = frozenset(column for of, _, column in named if of == table)
        return found or None


EVERY_WRITE = WriteGrant()


@dataclass(frozen=True)
class Principal:
    """The subject, role and row scope of a token. An empty scope means no limit; only embed tokens have a `grant`, and
    only those of the role ingest are limited by `writes`.

    `token_id`, `expires_at`, `issuer` and `issued_at` come from the token; a local command has none.
    """

    subject: str
    role: Role
    scope: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NOTHING)
    grant: Grant | None = None
    writes: WriteGrant = EVERY_WRITE
    token_id: str | None = None
    expires_at: datetime | None = None
    issuer: str | None = None
    issued_at: datetime | None = field(default=None, compare=False)

    @property
    def who(self) -> tuple[str | None, Role, str]:
        """The key for budgets, the statement queue and connection limits. Equal subjects of different issuers or roles
        differ.
        """
        return self.issuer, self.role, self.subject
