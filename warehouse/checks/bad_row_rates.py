"""Rates: the share of a group's rows that were quarantined, duplicates, out of order, or late."""

from collections.abc import Iterator
from dataclasses import replace
from statistics import median

from warehouse.checks.checked_loads import Group, Span
from warehouse.checks.finding import Finding, judged, undecided
from warehouse.engine.engine import Engine
from warehouse.loads.row_verdicts import FACT_TABLES, FORGOTTEN

# With fewer rows, a single one would exceed a bound.
LEAST_ROWS = 20
LAST_ROUNDS = 8
LEAST_ROUNDS = 3


def rates(engine: Engine, group: Group) -> Iterator[Finding]:
    """What became of the files' rows: the share quarantined, and for facts the share of duplicates."""
    if group.rows < LEAST_ROWS:
        why = f"The load has fewer than {LEAST_ROWS} rows."
        yield undecided("rejects", "", why)
        if group.table in FACT_TABLES:
            yield undecided("duplicates", "", why)
        return
    yield _rejects(engine, group)
    if group.table in FACT_TABLES:
        repeated = sum(one.duplicates for one in group.loads)
        told = f"{repeated:,} of {group.rows:,} rows were already stored with the same content."
        yield judged("duplicates", "", repeated / group.rows, 0.0, told)


def _rejects(engine: Engine, group: Group) -> Finding:
    found = engine.query(
        f"SELECT reason, count() FROM rejected_rows WHERE load_id IN {group.ids_sql} AND reason != '{FORGOTTEN}' "
        "GROUP BY reason ORDER BY 2 DESC, 1"
    ).rows
    kept = sum(rows for _, rows in found)
    why = f" ({', '.join(f'{rows:,} {reason}' for reason, rows in found)})" if found else ""
    told = f"{kept:,} of {group.rows:,} rows were quarantined{why}."
    return judged("rejects", "", kept / group.rows, 0.0, told)


def punctuality(engine: Engine, group: Group, span: Span) -> Iterator[Finding]:
    """Rows older than what was already stored, and rows that arrived long after they happened."""
    if span.newest_before is None:
        yield undecided("out_of_order", "", "Nothing was stored before the load.")
    elif span.rows < LEAST_ROWS:
        yield undecided("out_of_order", "", f"The load brought fewer than {LEAST_ROWS} rows.")
    else:
        told = f"{span.out_of_order:,} of {span.rows:,} rows began more than a day before the newest stored row."
        yield judged("out_of_order", "", span.out_of_order / span.rows, 0.0, told)
    yield _late(engine, group, span)


def _late(engine: Engine, group: Group, span: Span) -> Finding:
    if span.rows < LEAST_ROWS:
        return undecided("late", "", f"The load brought fewer than {LEAST_ROWS} rows.")
    value = span.late / span.rows
    told = f"{span.late:,} of {span.rows:,} rows began more than 2 days before the load."
    before = _values_before(engine, group, "late")
    if len(before) < LEAST_ROUNDS:
        why = f"{told} The usual value is known after {LEAST_ROUNDS} rounds of checks."
        return replace(undecided("late", "", why), value=value)
    return judged("late", "", value, median(before), told)


def _values_before(engine: Engine, group: Group, check: str) -> list[float]:
    """The values of a check in the last rounds of the table."""
    found = engine.query(
        "SELECT value FROM load_checks FINAL WHERE table = {table:String} AND check = {check:String} "
        "AND load_id < {first:UInt32} AND isNotNull(value) "
        "AND load_id IN (SELECT load_id FROM loads FINAL WHERE state = 'done') "
        "ORDER BY load_id DESC LIMIT {limit:UInt32}",
        {"table": group.table, "check": check, "first": group.first, "limit": LAST_ROUNDS},
    )
    return [value for (value,) in found.rows]
