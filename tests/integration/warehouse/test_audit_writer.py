"""The audit trail: records reach the table within a second, wait while the engine fails, and gaps are told."""

import logging
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.integration.new_warehouse import lay
from warehouse import Warehouse, open_warehouse
from warehouse.audit.log import AuditTable, keep_for
from warehouse.audit.record import AuditKind, Record, joined, recording
from warehouse.audit.writer import AuditWriter
from warehouse.errors import Unavailable

DAY_MS = 86_400_000


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    with open_warehouse(lay(tmp_path / "warehouse")) as opened:
        yield opened


def record(operation: str, at_ms: int | None = None) -> Record:
    return Record(AuditKind.OPERATION, operation, outcome="OK", at_ms=at_ms or time.time_ns() // 1_000_000)


def operations(warehouse: Warehouse) -> list[str]:
    found = warehouse.engine.query("SELECT operation FROM audit_log WHERE operation != 'migrate' ORDER BY at, id")
    return [operation for (operation,) in found.rows]


def test_a_record_is_in_the_table_within_a_second(warehouse: Warehouse) -> None:
    waits_s = []
    for count in (1, 2, 3):
        began = time.monotonic()
        warehouse.audit.take(record("one"))
        while len(operations(warehouse)) < count:
            time.sleep(0.01)
        waits_s.append(time.monotonic() - began)
    # The machine may be busy; the trail is not what waits.
    assert min(waits_s) < 1


@pytest.mark.slow
def test_what_waits_at_the_end_is_written(tmp_path: Path) -> None:
    with open_warehouse(f"chdb://{tmp_path / 'warehouse'}") as opened:
        for number in range(25):
            opened.audit.take(record(f"{number}", at_ms=1_700_000_000_000 + number))
    with open_warehouse(f"chdb://{tmp_path / 'warehouse'}") as opened:
        assert operations(opened) == [str(number) for number in range(25)]


def test_an_engine_that_fails_for_a_while_loses_nothing_and_doubles_nothing(warehouse: Warehouse) -> None:
    writer, tries = AuditTable(warehouse.address, warehouse.engine.limits), []

    def append(records: Sequence[Record]) -> None:
        tries.append(len(records))
        if len(tries) == 1:
            raise Unavailable("The warehouse does not answer.")
        writer.append(records)
        if len(tries) == 2:
            # The worst of answers: it was written, and nobody heard so.
            raise Unavailable("The warehouse does not answer.")

    audit = AuditWriter(append, every_s=0.02)
    for number in range(3):
        audit.take(record(str(number), at_ms=1_700_000_000_000 + number))
    while len(tries) < 3:
        time.sleep(0.02)
    audit.take(record("3"))
    audit.close()
    writer.close()
    assert operations(warehouse) == ["0", "1", "2", "3"]


def test_beyond_the_bound_records_go_to_the_process_s_log_and_the_table_says_how_many(
    warehouse: Warehouse, caplog: pytest.LogCaptureFixture
) -> None:
    down, writer = [True], AuditTable(warehouse.address, warehouse.engine.limits)

    def append(records: Sequence[Record]) -> None:
        if down[0]:
            raise Unavailable("The warehouse does not answer.")
        writer.append(records)

    audit = AuditWriter(append, most_waiting=2, every_s=60)
    with caplog.at_level(logging.WARNING):
        for name in ("a", "b", "c", "d"):
            audit.take(record(name))
        down[0] = False
        audit.close()
    writer.close()
    told = [line for line in caplog.messages if line.startswith("not stored")]
    assert [name in line for name, line in zip(('"c"', '"d"'), told, strict=True)] == [True, True]
    gap = warehouse.engine.query("SELECT kind, outcome, rows FROM audit_log WHERE kind = 'GAP'").rows
    assert [tuple(row) for row in gap] == [("GAP", "LOST", 2)]
    assert set(operations(warehouse)) == {"a", "b", ""}


def test_what_can_never_be_written_is_in_the_process_s_log(caplog: pytest.LogCaptureFixture) -> None:
    def append(_: Sequence[Record]) -> None:
        raise Unavailable("The warehouse does not answer.")

    audit = AuditWriter(append, every_s=60)
    audit.take(record("lonely"))
    audit.close()
    audit.take(record("late"))
    told = [line for line in caplog.messages if line.startswith("not stored")]
    assert ["lonely" in told[0], "late" in told[1]] == [True, True]
    # Why is a sentence: what the engine was asked is of no use.
    assert not any(one.exc_info for one in caplog.records)


def test_half_a_surrogate_pair_keeps_no_other_record_out(warehouse: Warehouse) -> None:
    warehouse.audit.take(record("\ud800 odd", at_ms=1_700_000_000_000))
    warehouse.audit.take(record("even", at_ms=1_700_000_000_001))
    time.sleep(1)
    assert operations(warehouse) == ["? odd", "even"]


def test_a_record_inside_another_is_one() -> None:
    taken: list[Record] = []
    with recording(taken.append, record("outer")) as outer, joined(taken.append, record("inner")) as same:
        assert same is outer
    assert [one.operation for one in taken] == ["outer"]


def test_what_ends_from_outside_is_interrupted() -> None:
    taken: list[Record] = []
    with pytest.raises(KeyboardInterrupt), recording(taken.append, Record(AuditKind.ADMIN, "rebuild")):
        raise KeyboardInterrupt
    assert [one.outcome for one in taken] == ["INTERRUPTED"]


def test_records_are_kept_for_so_many_days(warehouse: Warehouse) -> None:
    now_ms = time.time_ns() // 1_000_000
    keep_for(warehouse.engine, 400)
    writer = AuditTable(warehouse.address, warehouse.engine.limits)
    writer.append([record(f"{days} days", at_ms=now_ms - days * DAY_MS) for days in (401, 399, 31, 29)])
    warehouse.engine.command("OPTIMIZE TABLE audit_log FINAL")
    assert operations(warehouse) == ["399 days", "31 days", "29 days"]
    keep_for(warehouse.engine, 30)
    warehouse.engine.command("OPTIMIZE TABLE audit_log FINAL")
    assert operations(warehouse) == ["29 days"]
    writer.close()
