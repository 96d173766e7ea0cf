"""Experiments and assignments load like every other table: exactly once, waiting for what they name, taken back."""

from typing import Any

import pytest

from ingest.loading.load_file import FileLoad, load_file
from tests.integration.ingest.conftest import WriteFile
from warehouse import Warehouse
from warehouse.errors import BadInput

EXPERIMENTS = (
    "id,name,start_time,end_time,control,shares\n"
    "7,Ranked home page,2026-03-01,2026-04-01,old,old=1|ranked=1\n"
    "8,Planned,2090-01-01,,a,\n"
)
ASSIGNED = "id,user_id,experiment_id,variant,exposed_at\n"
ROWS = "1,1,7,old,2026-03-02T10:00:00Z\n2,2,7,ranked,2026-03-02T11:00:00Z\n"


@pytest.fixture
def peopled(warehouse: Warehouse, write: WriteFile) -> Warehouse:
    """A warehouse with the users 1 and 2, and two experiments."""
    load_file(warehouse, "users", write("users.csv", "id\n1\n2\n"))
    load_file(warehouse, "experiments", write("experiments.csv", EXPERIMENTS))
    return warehouse


def counts(done: FileLoad) -> tuple[int, int, int, int]:
    summary = done.summary
    return summary.rows, summary.accepted, summary.duplicates, summary.quarantined


def assigned(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    found = warehouse.engine.query(
        "SELECT toUInt64(a.id), user_key, toUInt64(e.id), variant, toUInt32(exposed_at) FROM assignments AS a "
        "JOIN experiments AS e ON a.experiment_key = e.experiment_key ORDER BY a.id"
    )
    return [tuple(row) for row in found.rows]


def test_experiments_keep_what_their_file_says(peopled: Warehouse) -> None:
    found = peopled.engine.query(
        "SELECT toUInt64(id), name, toUInt32(start_time), toUInt32(end_time), control, shares "
        "FROM experiments ORDER BY id"
    )
    assert [tuple(row) for row in found.rows] == [
        (7, "Ranked home page", 1_772_323_200, 1_775_001_600, "old", ["old=1", "ranked=1"]),
        (8, "Planned", 3_786_912_000, None, "a", []),
    ]


def test_an_experiment_is_corrected_by_loading_it_again(peopled: Warehouse, write: WriteFile) -> None:
    text = "id,name,start_time,control\n7,Ranked home page,2026-03-01,ranked\n"
    assert counts(load_file(peopled, "experiments", write("again.csv", text))) == (1, 1, 0, 0)
    found = peopled.engine.query("SELECT control, toUInt32(end_time) FROM experiments WHERE toUInt64(id) = 7")
    # The file has no column for the end, so the end stays.
    assert tuple(found.rows[0]) == ("ranked", 1_775_001_600)


@pytest.mark.parametrize(
    "shares", ["old", "old=0|new=1", "old=1|old=2", "=1", "old=x", "old=-1|new=2", "old=1e3|new=1", "old=٣|new=1"]
)
def test_shares_that_say_nothing_are_refused(warehouse: Warehouse, write: WriteFile, shares: str) -> None:
    rows = f"id,name,start_time,control,shares\n1,A,2026-03-01,old,{shares}\n2,B,2026-03-01,old,old=0.5|new=1.5\n"
    done = load_file(warehouse, "experiments", write("experiments.csv", rows))
    assert counts(done) == (2, 1, 0, 1)
    assert done.summary.reasons == {"BAD_VALUE": 1}


def test_assignments_count_once_however_often_they_are_sent(peopled: Warehouse, write: WriteFile) -> None:
    stored = [(1, 1, 7, "old", 1_772_445_600), (2, 2, 7, "ranked", 1_772_449_200)]
    assert counts(load_file(peopled, "assignments", write("a.csv", ASSIGNED + ROWS))) == (2, 2, 0, 0)
    assert counts(load_file(peopled, "assignments", write("b.csv", ASSIGNED + ROWS))) == (2, 0, 2, 0)
    changed = ROWS.replace("ranked", "old")
    done = load_file(peopled, "assignments", write("c.csv", ASSIGNED + changed))
    assert (counts(done), done.summary.reasons) == ((2, 0, 1, 1), {"CONFLICT": 1})
    assert assigned(peopled) == stored


def test_assignments_wait_for_their_experiment_and_user(peopled: Warehouse, write: WriteFile) -> None:
    rows = ROWS + "3,1,9,new,2026-03-03\n4,5,7,old,2026-03-04\n"
    done = load_file(peopled, "assignments", write("a.csv", ASSIGNED + rows))
    assert counts(done) == (4, 2, 0, 2)
    assert done.summary.reasons == {"UNKNOWN_EXPERIMENT": 1, "UNKNOWN_USER": 1}
    load_file(peopled, "experiments", write("late.csv", "id,name,start_time,control\n9,Late,2026-03-01,old\n"))
    assert [row[:3] for row in assigned(peopled)] == [(1, 1, 7), (2, 2, 7), (3, 1, 9)]
    load_file(peopled, "users", write("late_users.csv", "id\n5\n"))
    assert [row[:3] for row in assigned(peopled)] == [(1, 1, 7), (2, 2, 7), (3, 1, 9), (4, 3, 7)]
    assert peopled.engine.query("SELECT count() FROM rejected_rows").scalar() == 0


def test_a_load_of_assignments_is_taken_back_whole(peopled: Warehouse, write: WriteFile) -> None:
    done = load_file(peopled, "assignments", write("a.csv", ASSIGNED + ROWS))
    peopled.undo(done.summary.load_id)
    assert assigned(peopled) == []
    assert peopled.engine.query("SELECT count() FROM assignments_undone").scalar() == 2
    assert counts(load_file(peopled, "assignments", write("b.csv", ASSIGNED + ROWS))) == (2, 2, 0, 0)


def test_experiments_that_assignments_need_are_not_taken_back(peopled: Warehouse, write: WriteFile) -> None:
    load_file(peopled, "assignments", write("a.csv", ASSIGNED + ROWS))
    with pytest.raises(BadInput, match=r"2 rows of assignments need experiments that only load 2 brought.*: 3\."):
        peopled.undo(2)
