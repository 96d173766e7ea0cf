"""History that is dropped by age: what is needed only for answers about the past, for undoing and for looking back.

It is kept from one load on. Before that, undone rows, older versions of films and users, entries of the ledger and
results of checks are dropped. Visible rows stay, and so does every present answer. What is no longer possible is
refused from then on: undoing an earlier load, and asking as of an earlier moment.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from warehouse.engine.engine import Engine
from warehouse.loads import ledger
from warehouse.loads.dimension_load import DIMENSION_TABLES
from warehouse.loads.ledger import KeptFrom, kept_from
from warehouse.loads.row_verdicts import FACT_TABLES
from warehouse.loads.topic_offsets import NEWEST_SQL
from warehouse.tables.scratch_tables import make_scratch_table, remove_rows

# A context in which no question runs.
Changing = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class HistoryAges:
    """How many days of history, and of the quarantine, are kept; 0: all."""

    history_days: int = 0
    rejected_days: int = 0


@dataclass(frozen=True)
class OldRows:
    """Rows of one table that are older than allowed."""

    table: str
    rows: int


def old_history(engine: Engine, ages: HistoryAges, now: datetime) -> list[OldRows]:
    """What would be dropped, by table."""
    return _found(engine, _tests(engine, ages, now))


def drop_history(engine: Engine, ages: HistoryAges, now: datetime, noting: Changing) -> list[OldRows]:
    """Drop what is older than allowed; returns how much, by table. Repeatable. No load may be under way. In `noting` no
    question runs: those asked before get their whole answer, and those asked after are refused.

    Raises: LeaseLost when another process has taken over writing.
    """
    tests = _tests(engine, ages, now)
    old = _found(engine, tests)
    start = _start(engine, ages, now)
    if start and old:
        # First: from here on nobody relies on what is about to go.
        with noting():
            _note(engine, start, now)
    for one in old:
        if one.table.endswith("_versions"):
            _drop_versions(engine, one.table, tests[one.table])
        elif one.table.endswith("_undone"):
            remove_rows(engine, one.table, tests[one.table])
        else:
            # Harmless if it comes late: what is too old stays so.
            engine.command(f"DELETE FROM {one.table} WHERE {tests[one.table]}")
    return old


def _start(engine: Engine, ages: HistoryAges, now: datetime) -> KeptFrom | None:
    """From which load on history is kept: the last that was done so many days ago."""
    if not ages.history_days:
        return None
    before = now - timedelta(days=ages.history_days)
    load, done_at = engine.query(
        "SELECT max(load_id), argMax(done_at, load_id) FROM loads FINAL WHERE state IN ('done', 'undone') "
        "AND done_at <= {before:DateTime64(6, 'UTC')}",
        {"before": before.astimezone(UTC)},
    ).rows[0]
    return KeptFrom(load, done_at.replace(tzinfo=UTC)) if load else kept_from(engine)


def _tests(engine: Engine, ages: HistoryAges, now: datetime) -> dict[str, str]:
    """SQL of what is too old, by table, the ledger last: the others are found by it."""
    tests: dict[str, str] = {}
    if start := _start(engine, ages, now):
        first = int(start.load)
        gone = f"load_id IN {ledger.undone_sql(by=first)} AND load_id NOT IN {ledger.undone_sql(after=first)}"
        tests |= {f"{fact}_undone": gone for fact in FACT_TABLES}
        for dimension in DIMENSION_TABLES.values():
            newest = (
                f"(SELECT {dimension.key}, max(load_id) FROM {dimension.table}_versions WHERE load_id <= {first} "
                f"AND load_id NOT IN {ledger.undone_sql()} GROUP BY {dimension.key})"
            )
            # The newest version by then counts, unless it was taken back.
            tests[f"{dimension.table}_versions"] = (
                f"load_id < {first} AND load_id NOT IN {ledger.undone_sql()} "
                f"AND ({dimension.key}, load_id) NOT IN {newest}"
            )
        newest_checks = "(SELECT max(load_id) FROM load_checks GROUP BY table)"
        tests["load_checks"] = f"load_id < {first} AND load_id NOT IN {newest_checks}"
        ended = f"toDateTime64('{start.at:%Y-%m-%d %H:%M:%S}', 6, 'UTC')"
        tests["pipeline_runs"] = f"id IN (SELECT id FROM pipeline_runs FINAL WHERE ended_at < {ended})"
    if ages.rejected_days:
        before = now.astimezone(UTC) - timedelta(days=ages.rejected_days)
        tests["rejected_rows"] = f"at < toDateTime64('{before:%Y-%m-%d %H:%M:%S}', 3, 'UTC')"
    if start:
        # Others say what was taken back, whose rows wait in the quarantine, or where topics go on. Whole loads: without
        # its newest entry, a load that is done would be taken for one that was never finished, and rolled back.
        tests["loads"] = (
            "load_id IN (SELECT load_id FROM loads FINAL "
            f"WHERE load_id < {first} AND state IN ('done', 'failed') AND undo_of = 0) AND load_id NOT IN "
            "(SELECT load_id FROM loads FINAL WHERE undo_of != 0 OR state NOT IN ('done', 'failed')) "
            "AND load_id NOT IN (SELECT undo_of FROM loads FINAL) "
            "AND load_id NOT IN (SELECT load_id FROM rejected_rows) "
            f"AND load_id NOT IN {NEWEST_SQL}"
        )
    return tests


def _found(engine: Engine, tests: Mapping[str, str]) -> list[OldRows]:
    return [OldRows(table, rows) for table, test in tests.items() if (rows := _count(engine, table, test))]


def _count(engine: Engine, table: str, test: str) -> int:
    final = " FINAL" if table in ("loads", "load_checks", "pipeline_runs") else ""
    return int(engine.query(f"SELECT count() FROM {table}{final} WHERE {test}").scalar())


def _drop_versions(engine: Engine, table: str, test: str) -> None:
    """Exchange a table of versions with one that lacks the old ones."""
    engine.command(f"DROP TABLE IF EXISTS {engine.scratch_table(f'{table}_next')}")
    following = make_scratch_table(engine, f"{table}_next", f"AS {table}")
    engine.command(f"INSERT INTO {following} SELECT * FROM {table} WHERE NOT ({test})")
    engine.command(f"EXCHANGE TABLES {table} AND {following}")
    engine.command(f"DROP TABLE {following}")


def _note(engine: Engine, start: KeptFrom, now: datetime) -> None:
    row = {"from_load": start.load, "from_at": start.at, "at": now.astimezone(UTC)}
    engine.sync()
    engine.write("kept_history", pa.Table.from_pylist([row], _SCHEMA))
    engine.sync()


_SCHEMA = pa.schema(
    [("from_load", pa.uint32()), ("from_at", pa.timestamp("us", "UTC")), ("at", pa.timestamp("us", "UTC"))]
)
