"""What is stored: rows, bytes on disk and parts of each table, how far facts reach, and months that are wrong."""

from dataclasses import dataclass
from datetime import UTC, datetime

from warehouse.engine.engine import Engine
from warehouse.model.facts import FACTS
from warehouse.model.rollups import ROLLUPS
from warehouse.query.consistent_reads import ConsistentRead
from warehouse.tables.rollup_tables import FACT
from warehouse.tables.scratch_tables import SCRATCH_NAMES
from warehouse.tables.table_snapshots import SNAPSHOT_NAMES


@dataclass(frozen=True)
class TableStatus:
    """One table of the warehouse; tables that hold nothing between loads are left out."""

    table: str
    rows: int
    size_bytes: int
    parts: int


@dataclass(frozen=True)
class Watermark:
    """How far a fact reaches: its newest row's instant, None where it has none."""

    table: str
    newest: datetime | None


@dataclass(frozen=True)
class WrongMonth:
    """A month (`YYYYMM`) of a rollup whose views differ from the facts' number of sessions."""

    rollup: str
    month: int
    views: int
    sessions: int


def table_status(engine: Engine) -> list[TableStatus]:
    """Each table's state, largest first."""
    found = engine.query(
        "SELECT t.name, sum(p.rows), sum(p.bytes_on_disk), countIf(p.rows > 0) FROM system.tables AS t "
        "LEFT JOIN (SELECT table, rows, bytes_on_disk FROM system.parts WHERE database = currentDatabase() "
        "AND active) AS p "
        "ON t.name = p.table WHERE t.database = currentDatabase() AND t.engine LIKE '%MergeTree' "
        f"AND NOT match(t.name, '{SCRATCH_NAMES}') AND NOT match(t.name, '{SNAPSHOT_NAMES}') "
        "GROUP BY t.name ORDER BY sum(p.bytes_on_disk) DESC, t.name"
    )
    return [TableStatus(*row) for row in found.rows]


def watermarks(engine: Engine) -> list[Watermark]:
    """The newest instant of each dated fact; an instant after now is what the source said."""
    found = []
    for fact in FACTS.values():
        if fact.dated:
            time = fact.columns["start_time"].sql
            rows = engine.query(f"SELECT max({time}), count() FROM {fact.table}").rows
            newest, count = rows[0]
            found.append(Watermark(fact.table, newest.replace(tzinfo=UTC) if count else None))
    return found


def wrong_months(engine: Engine, read_consistently: ConsistentRead) -> list[WrongMonth]:
    """Months in which a rollup and the facts disagree: none, unless something other than a load wrote to a table.

    A load shows facts and rollups together, and a correction changes the views of no month. This compares only views
    and is quick; `verify` compares every value.
    """
    legs = [f"SELECT '{FACT}' AS name, 0 AS step, toYYYYMM(start_time) AS month, count() FROM {FACT} GROUP BY month"]
    legs += [
        f"SELECT '{rollup.name}', step, toYYYYMM(bucket) AS month, sum(views) FROM {rollup.name} GROUP BY step, month"
        for rollup in ROLLUPS
    ]
    counts = read_consistently(lambda: engine.query(" UNION ALL ".join(legs)))
    counted = {(name, step, month): rows for name, step, month, rows in counts.rows}
    found = []
    for month in sorted({month for _, _, month in counted}):
        sessions = counted.get((FACT, 0, month), 0)
        for rollup in ROLLUPS:
            views = [counted.get((rollup.name, step, month), 0) for step in rollup.steps]
            wrong = next((one for one in views if one != sessions), None)
            if wrong is not None:
                found.append(WrongMonth(rollup.name, month, wrong, sessions))
    return found
