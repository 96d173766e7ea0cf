"""Retention: partitions of facts that are older than a setting allows are dropped whole, and what rollups have of them.

Rollups go with their facts: an answer may read either, so keeping one without the other would make it depend on which.
"""

from dataclasses import dataclass
from datetime import date

from warehouse.engine.engine import Engine
from warehouse.model.rollups import ROLLUPS
from warehouse.tables.rollup_tables import FACT

_RATINGS = "ratings"


@dataclass(frozen=True)
class Retention:
    """How many whole months of sessions, and whole years of ratings, are kept besides the current one; 0: all."""

    sessions_months: int = 0
    ratings_years: int = 0

    def first_kept(self, today: date) -> dict[str, str]:
        """The first partition that is kept, by fact."""
        kept = {}
        if self.sessions_months:
            month = today.year * 12 + today.month - 1 - self.sessions_months
            kept[FACT] = f"{month // 12:04}{month % 12 + 1:02}"
        if self.ratings_years:
            kept[_RATINGS] = f"{today.year - self.ratings_years:04}"
        return kept


@dataclass(frozen=True)
class OldPartition:
    """A partition to drop: a month (`YYYYMM`) or a year of one table."""

    table: str
    partition: str
    rows: int
    size_bytes: int

    @property
    def piece(self) -> str:
        """`table/partition id`."""
        return f"{self.table}/{self.partition}"


def old_partitions(engine: Engine, retention: Retention, today: date) -> list[OldPartition]:
    """What is older than allowed, by table and partition."""
    found: list[OldPartition] = []
    for fact, first in retention.first_kept(today).items():
        tables = [fact, f"{fact}_undone", *(rollup.name for rollup in ROLLUPS if fact == FACT)]
        rows = engine.query(
            "SELECT table, partition_id, sum(rows), sum(bytes_on_disk) FROM system.parts WHERE database = "
            "currentDatabase() AND active AND table IN {tables:Array(String)} AND partition_id < {first:String} "
            "GROUP BY table, partition_id ORDER BY table, partition_id",
            {"tables": tables, "first": first},
        ).rows
        found += [OldPartition(*row) for row in rows]
    return found
