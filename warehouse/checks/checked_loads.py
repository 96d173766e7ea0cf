"""A group: loads of one table that are checked together, and the days of their rows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from warehouse.engine.engine import Engine
from warehouse.loads.ledger import Entry
from warehouse.loads.row_verdicts import FACT_TABLES
from warehouse.tables.rollup_tables import FACT

DAY_S = 86_400
BASELINE_DAYS = 28
ORDERED_WITHIN_S = DAY_S
IN_TIME_WITHIN_S = 2 * DAY_S
# One row in a hundred at each end may be a straggler, and is ignored in finding a load's days.
_STRAGGLERS = 0.01


@dataclass(frozen=True)
class Group:
    """Consecutive loads of one table, oldest first."""

    table: str
    loads: tuple[Entry, ...]

    @property
    def rows(self) -> int:
        """The rows of their files."""
        return sum(one.rows for one in self.loads)

    @property
    def accepted(self) -> int:
        """The rows that they brought."""
        return sum(one.accepted for one in self.loads)

    @property
    def began(self) -> datetime:
        """When the first of them began."""
        return self.loads[0].started_at

    @property
    def first(self) -> int:
        """The number of the first."""
        return self.loads[0].load_id

    @property
    def last(self) -> int:
        """The number of the last, under which the findings are kept."""
        return self.loads[-1].load_id

    @property
    def ids_sql(self) -> str:
        """SQL of the numbers, as a list."""
        return f"({', '.join(str(int(one.load_id)) for one in self.loads)})"

    @property
    def brought_sql(self) -> str:
        """SQL of whether a row of a fact is theirs. The partitions that the loads touched are tested first, because
        they are few."""
        time, unit = FACT_TABLES[self.table].time, "toYYYYMM" if self.table == FACT else "toYear"
        pieces = sorted(
            {piece.partition("/")[2] for one in self.loads for piece in one.partitions if self._is_own(piece)}
        )
        inside = f"{unit}({time}) IN ({', '.join(str(int(piece)) for piece in pieces)}) AND " if pieces else ""
        return f"{inside}load_id IN {self.ids_sql}"

    def _is_own(self, piece: str) -> bool:
        return piece.startswith(f"{self.table}/")


@dataclass(frozen=True)
class Span:
    """When a group's accepted rows of a fact happened: `rows` by UTC day (days since 1970), how many are out of order
    and late, the newest instant of the group, and the newest stored before it (None: nothing was)."""

    days: Counter[int] = field(default_factory=Counter)
    out_of_order: int = 0
    late: int = 0
    newest: int = 0
    newest_before: int | None = None

    @property
    def rows(self) -> int:
        """The rows of all days."""
        return self.days.total()

    @property
    def first_day(self) -> int:
        """The first day of the loads."""
        return self._reached(sorted(self.days))

    @property
    def last_day(self) -> int:
        """The last of them."""
        return self._reached(sorted(self.days, reverse=True))

    @property
    def baseline(self) -> tuple[int, int]:
        """The 28 days before, as instants [start, end) in seconds since 1970."""
        return (self.first_day - BASELINE_DAYS) * DAY_S, self.first_day * DAY_S

    def _reached(self, days: Sequence[int]) -> int:
        passed = 0
        for day in days:
            passed += self.days[day]
            if passed > self.rows * _STRAGGLERS:
                return day
        raise ValueError("a load without rows is of no days")


def span_of(engine: Engine, group: Group) -> Span:
    """The span of a group of a fact's loads, from one pass over its rows."""
    newest_before = _newest_before(engine, group)
    time = FACT_TABLES[group.table].time
    found = engine.query(
        f"SELECT intDiv(toUInt32({time}), {DAY_S}) AS day, count(), max(toUInt32({time})), "
        f"countIf(toUInt32({time}) < {{ordered:Int64}}), countIf(toUInt32({time}) < {{in_time:Int64}}) "
        f"FROM {group.table} WHERE {group.brought_sql} GROUP BY day",
        {
            "ordered": (newest_before or 0) - ORDERED_WITHIN_S,
            "in_time": int(group.began.astimezone(UTC).timestamp()) - IN_TIME_WITHIN_S,
        },
    ).rows
    return Span(
        Counter({day: rows for day, rows, *_ in found}),
        sum(row[3] for row in found),
        sum(row[4] for row in found),
        max((row[2] for row in found), default=0),
        newest_before,
    )


def _newest_before(engine: Engine, group: Group) -> int | None:
    """Rows are sorted by day, so the last day is found without reading the others."""
    time = FACT_TABLES[group.table].time
    others = f"FROM {group.table} WHERE load_id NOT IN {group.ids_sql}"
    last_day = f"(SELECT toStartOfDay({time}) {others} ORDER BY toStartOfDay({time}) DESC LIMIT 1)"
    newest: int = engine.query(f"SELECT max(toUInt32({time})) {others} AND {time} >= {last_day}").scalar()
    return newest or None
