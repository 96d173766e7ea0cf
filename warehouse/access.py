"""What one token allows: role, masks, row scope and limits, passed down as one value that the compiler obeys."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from types import MappingProxyType

from warehouse.described_enum import DescribedEnum

EVERY_PATH = "*"


class Strategy(DescribedEnum):
    """How a masked column is shown. NULL hides it, HASH only shows which values are equal, the others keep a part."""

    EMAIL = "EMAIL", "The first letter and the domain: `j***@example.com`."
    PARTIAL = "PARTIAL", "The first letter: `j***`."
    HASH = "HASH", "A code in hex, equal where the values are equal."
    BAND = "BAND", "The band of an age: `25-34`."
    YEAR = "YEAR", "The year of a date."
    NULL = "NULL", "Nothing."


@dataclass(frozen=True)
class Access:
    """One asker: `masks` maps `table.column` to its strategy, `scope` maps a column slug to the values that may be
    seen, `permissions` are the root fields that may be asked.

    An empty scope sees all rows. `max_rows` bounds a result, `page_rows` a page of a list, `max_buckets` the time
    buckets of a query, seconds and bytes one statement. `sees_figures` allows a plan's figures and SQL. `attributes`
    are the paths of clients' extra values that may be read (`*`: all). `released` are the jobs over everybody whose
    results a scope does not close. `hash_key` keys the strategy HASH, and seals cursors. Groups of fewer people than
    `minimum_group` are hidden; 0 shows all.

    `lifted` are the policy's masks that do not apply to the asker. Those of their columns that were read are collected
    in `unmasked`, for the audit log.
    """

    subject: str
    role: str
    masks: Mapping[str, Strategy] = field(default_factory=lambda: MappingProxyType({}))
    scope: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    permissions: frozenset[str] = frozenset()
    max_rows: int = 10_000
    page_rows: int = 1_000
    max_buckets: int = 10_000
    statement_seconds: float = math.inf
    statement_memory_bytes: float = math.inf
    sees_figures: bool = False
    introspects: bool = False
    attributes: frozenset[str] = frozenset()
    released: frozenset[str] = frozenset()
    minimum_group: int = 0
    hash_key: bytes = field(default=b"", repr=False)
    lifted: Mapping[str, Strategy] = field(default_factory=lambda: MappingProxyType({}))
    unmasked: set[str] = field(default_factory=set, compare=False, repr=False)

    @cached_property
    def view(self) -> str:
        """A key of what the asker may see: equal views get equal answers."""
        return sha256(f"{self.reach} {self.page_rows}".encode()).hexdigest()

    @cached_property
    def reach(self) -> str:
        """The same key without the page size: askers with equal reach can use each other's cursors."""
        seen = [self.role, sorted(self.masks.items()), sorted(self.scope.items()), sorted(self.permissions)]
        more = [sorted(self.attributes), sorted(self.released), self.sees_figures, self.max_rows, self.minimum_group]
        return sha256(repr((seen, more)).encode()).hexdigest()

    def told(self, people: int) -> int:
        """A number of people as the asker may see it: 0 if there are fewer than the minimum."""
        return people if people >= self.minimum_group else 0

    def may_read(self, path: str) -> bool:
        """Whether an attribute's path may be read."""
        return EVERY_PATH in self.attributes or path in self.attributes


# The service's own statements: verification, exports, recovery.
SYSTEM = Access(subject="system", role="system", attributes=frozenset({EVERY_PATH}))
