"""Damage: parts of tables that the engine could not read at start and set aside. Lost rows are reported.

Lost parts of rollups are rebuilt from the facts. Lost facts are removed from rollups, too: otherwise their files,
loaded again, would count twice there. The number of a load whose rows are still stored is never reused. After a power
cut, parts of loads that were never acknowledged may be torn: nothing is lost with them.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from warehouse.engine.engine import Engine
from warehouse.loads.ledger import Entry, State, failed_spans, record
from warehouse.model.rollups import ROLLUPS, Rollup
from warehouse.plurals import counted
from warehouse.tables.data_changes import rebuilding
from warehouse.tables.rebuild import rebuild_partitions
from warehouse.tables.rollup_tables import FACT

LOG = logging.getLogger("marquee.warehouse")
_FACTS = (FACT, "ratings", "assignments")
_NUMBERED = (*_FACTS, "users_versions", "movies_versions", "experiments_versions")
_ROLLUPS = {rollup.name: rollup for rollup in ROLLUPS}


@dataclass(frozen=True)
class LostPart:
    """A part that could not be read. `partition` is a month (`YYYYMM`), a year or `all`; `rows` and `written_at` are
    None if they are unknown."""

    table: str
    partition: str
    name: str
    rows: int | None
    written_at: datetime | None = None

    def __str__(self) -> str:
        rows = "an unknown number of rows" if self.rows is None else counted(self.rows, "row")
        where = "" if self.partition == "all" else f" of {self.partition}"
        return f"lost {rows}{where} in {self.table}: part {self.name} is damaged and set aside. {self._way_on()}"

    def _way_on(self) -> str:
        if self.table in _ROLLUPS:
            return "It is rebuilt from the facts."
        if self.table in _FACTS:
            return "Load the files of that time again: rows that are still stored count as duplicates."
        return "Restore the folder from a copy if you need them."


def lost_parts(engine: Engine) -> list[LostPart]:
    """The parts that the engine has set aside as broken, by table and name."""
    found = engine.query(
        "SELECT table, name, path FROM system.detached_parts "
        "WHERE database = currentDatabase() AND startsWith(ifNull(reason, ''), 'broken') ORDER BY table, name"
    )
    return [
        LostPart(table, _partition(name), name, _rows(Path(path)), _written_at(Path(path)))
        for table, name, path in found.rows
    ]


def mend(engine: Engine) -> list[LostPart]:
    """Log every lost part, and rebuild rollups whose month differs from the facts; returns the parts that stay lost. No
    load may be under way.
    """
    lost = _drop_unacknowledged(engine, lost_parts(engine))
    for part in lost:
        LOG.warning("%s", part)
        for rollup in ROLLUPS if part.table == FACT else ():
            # The steps of a rollup agree with each other, so checking one is enough.
            views = f"sumIf(views, step = {rollup.steps[0].value})"
            if _views(engine, rollup.name, views, part) != _views(engine, FACT, "count()", part):
                _rebuild(engine, rollup, part.partition)
        if part.table in _ROLLUPS:
            _rebuild(engine, _ROLLUPS[part.table], part.partition)
            engine.command(f"ALTER TABLE {part.table} DROP DETACHED PART '{part.name}'")
    if any(part.table == "loads" for part in lost):
        _number_on(engine)
    return [part for part in lost if part.table not in _ROLLUPS]


def _rebuild(engine: Engine, rollup: Rollup, month: str) -> None:
    rebuild_partitions(engine, rollup, [month], rebuilding(engine, rollup.name, month))


def _drop_unacknowledged(engine: Engine, parts: Sequence[LostPart]) -> list[LostPart]:
    """Drop the parts that nobody was promised: of stages, and of loads that failed. Returns the others."""
    under_way = failed_spans(engine) if parts else []
    lost = []
    for part in parts:
        written_at = part.written_at
        failed = written_at is not None and any(start <= written_at <= end for start, end in under_way)
        if part.table.endswith("_staging") or (failed and part.table not in _ROLLUPS):
            LOG.info("Dropped part %s of %s, which a load left that was not acknowledged.", part.name, part.table)
            engine.command(f"ALTER TABLE {part.table} DROP DETACHED PART '{part.name}'")
        else:
            lost.append(part)
    return lost


def _number_on(engine: Engine) -> None:
    """Record in the ledger the highest load number of any row, so that numbering continues after lost entries."""
    highest = " UNION ALL ".join(f"SELECT max(load_id) AS load_id FROM {table}" for table in _NUMBERED)
    known, stored = engine.query(
        f"SELECT (SELECT max(load_id) FROM loads), (SELECT max(load_id) FROM ({highest}))"
    ).rows[0]
    if stored > known:
        record(engine, Entry(stored, "loads", ("a damaged part of the ledger",), State.DONE, datetime.now(UTC)))


def _views(engine: Engine, table: str, count: str, part: LostPart) -> int:
    sql = f"SELECT {count} FROM {table} WHERE _partition_id = {{piece:String}}"
    return int(engine.query(sql, {"piece": part.partition}).scalar())


def _partition(name: str) -> str:
    """The partition in a detached part's name, such as `broken-on-start_202601_1_1_0`."""
    return name.split("_")[1]


def _written_at(part: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(part.stat().st_mtime, UTC)
    except OSError:
        return None


def _rows(part: Path) -> int | None:
    try:
        return int((part / "count.txt").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
