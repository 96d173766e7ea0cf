"""Who a token stands for, and what an embed token may run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from schema.roles import Role

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Grant:
    """What an embed token may run: published operations, with variables that can't be overridden, in frames of one
    origin.
    """

    operations: tuple[str, ...]
    variables: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    origin: str | None = None


@dataclass(frozen=True)
class Principal:
    """Who a token stands for. An empty scope is no limit; `grant` is an embed token's.

    `token_id`, `expires_at` and `issuer` are those of the token that was shown; a command of this machine's own user
    shows none.
    """

    subject: str
    role: Role
    scope: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NOTHING)
    grant: Grant | None = None
    token_id: str | None = None
    expires_at: datetime | None = None
    issuer: str | None = None

    @property
    def who(self) -> tuple[str | None, Role, str]:
        """Whom budgets, turns and seats are counted for: equal subjects of two issuers or roles are two."""
        return self.issuer, self.role, self.subject
