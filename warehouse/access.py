"""What one token allows, as the compiler obeys it: role, masks, row scope and limits travel down in one value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Strategy(StrEnum):
    """How a masked column is shown. NULL hides it, the others keep a part."""

    EMAIL = "EMAIL"
    PARTIAL = "PARTIAL"
    BAND = "BAND"
    NULL = "NULL"


@dataclass(frozen=True)
class Access:
    """One asker: `masks` maps `table.column` to its strategy, `scope` maps a column slug to the values that may be
    seen.

    An empty scope sees all rows. `max_rows` bounds a page or a result, `max_buckets` the time buckets of a query.
    `sees_figures` opens a plan's figures and SQL, `reads_attributes` what clients sent beyond the schema.
    """

    subject: str
    role: str
    masks: Mapping[str, Strategy] = field(default_factory=lambda: MappingProxyType({}))
    scope: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    max_rows: int = 10_000
    max_buckets: int = 10_000
    sees_figures: bool = False
    reads_attributes: bool = False


# The service's own statements: verification, exports, recovery.
SYSTEM = Access(subject="system", role="system", reads_attributes=True)
