"""The results of rounds of checks, newest first, after the loads that still wait for checks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from warehouse.access import Access
from warehouse.checks.check_schedule import groups
from warehouse.checks.declarations import MOST_ROUNDS, SEVERITY, Status
from warehouse.checks.finding import Finding
from warehouse.engine.engine import Engine
from warehouse.errors import BadInput
from warehouse.loads import ledger
from warehouse.loads.ledger import Entry, State
from warehouse.model.columns import Kind, stored_columns
from warehouse.query.masked_source import Source, read
from warehouse.query.parameters import Parameters
from warehouse.tables.incoming_schemas import INCOMING

_FOUND = ("check", "subject", "status", "value", "expected", "threshold", "sentence")
# A check counts everybody's rows, so `read` refuses it to a token that is limited to some rows.
LOAD_CHECKS = Source(
    "load_checks",
    "load_checks FINAL",
    stored_columns(
        load_id=Kind.NUMBER,
        first_load_id=Kind.NUMBER,
        table=Kind.TEXT,
        position=Kind.NUMBER,
        check=Kind.TEXT,
        subject=Kind.TEXT,
        status=Kind.TEXT,
        value=Kind.NUMBER,
        expected=Kind.NUMBER,
        threshold=Kind.NUMBER,
        sentence=Kind.TEXT,
        checked_at=Kind.INSTANT,
    ),
)


@dataclass(frozen=True)
class Round:
    """Loads that were checked together, and what was found; `checked_at` is None and nothing was found while they wait.

    Figures are of the loads as they are now: rows leave the quarantine, loads are taken back.
    """

    loads: tuple[Entry, ...]
    checked_at: datetime | None
    findings: tuple[Finding, ...]

    @property
    def last(self) -> Entry:
        """The last load, whose number identifies the round."""
        return self.loads[-1]

    @property
    def status(self) -> Status | None:
        """The worst of the findings; None while they wait."""
        return max((one.status for one in self.findings), key=SEVERITY.index, default=None)

    @property
    def undone(self) -> int:
        """How many of the loads were taken back."""
        return sum(one.state is State.UNDONE for one in self.loads)

    def total(self, counted: str) -> int:
        """The sum of one of the loads' figures: rows, accepted, duplicates or quarantined."""
        return sum(getattr(one, counted) for one in self.loads)


def rounds(
    engine: Engine,
    access: Access,
    first: int,
    table: str | None = None,
    statuses: Sequence[Status] = (),
) -> list[Round]:
    """The newest rounds, of one table or of all. With `statuses`, only findings with one of these, in rounds that have
    some; waiting loads are left out then.

    Raises: Forbidden when the asker's rows are limited; BadInput for a number that can't be.
    """
    if not 1 <= first <= MOST_ROUNDS:
        raise BadInput(f"first is {first}; allowed are 1 to {MOST_ROUNDS}.")
    if table is not None and table not in INCOMING:
        raise BadInput(f"There is no table {table[:40]!r} that is loaded and checked. Tables: {', '.join(INCOMING)}.")
    checked = _checked(engine, access, first, table, statuses)
    if statuses:
        return checked
    waiting = [one for one in groups(ledger.unchecked(engine)) if table in (None, one.table)]
    newest_first = sorted((Round(one.loads, None, ()) for one in waiting), key=lambda one: -one.last.load_id)
    return [*newest_first, *checked][:first]


def _checked(engine: Engine, access: Access, first: int, table: str | None, statuses: Sequence[Status]) -> list[Round]:
    parameters = Parameters()
    columns = ("load_id", "first_load_id", "table", "position", *_FOUND, "checked_at")
    rows = read(LOAD_CHECKS, columns, access, parameters)
    tests = ["1"]
    if table is not None:
        tests.append(f"table = {parameters.add(table, 'String')}")
    if statuses:
        tests.append(f"status IN {parameters.add([one.value for one in statuses], 'Array(String)')}")
    newest = f"SELECT DISTINCT load_id FROM {rows} WHERE {' AND '.join(tests)} ORDER BY load_id DESC"
    found = engine.query(
        f"SELECT * FROM {rows} WHERE {' AND '.join(tests)} AND load_id IN "
        f"({newest} LIMIT {parameters.add(first, 'UInt32')}) ORDER BY load_id DESC, position",
        parameters.values,
    ).dicts()
    if not found:
        return []
    loads = ledger.between(engine, min(row["first_load_id"] for row in found), found[0]["load_id"])
    return [_round(list(of_one), loads) for _, of_one in groupby(found, key=lambda row: row["load_id"])]


def _round(rows: list[dict[str, Any]], loads: Sequence[Entry]) -> Round:
    head = rows[0]
    first, last = head["first_load_id"], head["load_id"]
    within = tuple(one for one in loads if one.table == head["table"] and first <= one.load_id <= last)
    findings = tuple(
        Finding(**{name: row[name] for name in _FOUND} | {"status": Status(row["status"])}) for row in rows
    )
    return Round(within, head["checked_at"].replace(tzinfo=UTC), findings)
