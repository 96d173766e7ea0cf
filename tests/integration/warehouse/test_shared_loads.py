"""Small loads of several senders are staged and shown as one, and each is counted, kept and taken back alone."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.integration.warehouse.forgettable import differences
from tests.integration.warehouse.killable_process import Death, Killed, Victim
from tests.integration.warehouse.test_loads import SESSIONS, SHOWN, facts_and_rollups, truth
from tests.integration.warehouse.test_loads_are_taken_back import FILMS, PEOPLE, of, views
from tests.integration.warehouse.test_quarantined_rows_are_released import counts, in_quarantine
from tests.integration.warehouse.worlds import batch_of, load
from warehouse import Warehouse, open_warehouse
from warehouse.loads import ledger
from warehouse.loads.load import LoadSummary
from warehouse.loads.rejected_rows import Reject

pytestmark = pytest.mark.slow

Rows = list[dict[str, Any]]
# Two requests of the first sender, one without rows, one of the second, two of the third.
SOURCES: tuple[tuple[Rows, ...], ...] = (
    (SESSIONS[:40], SESSIONS[40:100]),
    ([],),
    (SESSIONS[100:180],),
    (SESSIONS[180:200], SESSIONS[200:]),
)


def share(
    warehouse: Warehouse, sources: Sequence[Sequence[Rows]], rejects: Sequence[Reject] = ()
) -> list[list[LoadSummary]]:
    """Load rows of sources together; returns what became of each part of each."""
    names = [[f"{number}.{part}" for part in range(len(parts))] for number, parts in enumerate(sources)]
    parts = [rows for one in sources for rows in one]
    ends = [sum(len(rows) for rows in parts[: place + 1]) for place in range(len(parts))]
    with warehouse.load_shared("viewing_sessions", names) as opened:
        opened.divide([end + len(rejects) for end in ends])
        opened.reject(rejects)
        numbered = [row for rows in parts for row in rows]
        opened.write(batch_of("viewing_sessions", numbered))
        opened.commit()
        found = iter([opened.part(place) for place in range(len(parts))])
        return [[next(found) for _ in one] for one in sources]


def settle(warehouse: Warehouse, people: Rows = PEOPLE) -> None:
    load(warehouse, "movies", FILMS)
    load(warehouse, "users", people)


def test_each_source_is_a_load_of_its_own_shown_in_one_moment(warehouse: Warehouse) -> None:
    settle(warehouse)
    before = warehouse.reader.commits
    found = share(warehouse, SOURCES)
    assert [[(one.load_id, one.rows, one.accepted) for one in parts] for parts in found] == [
        [(3, 40, 40), (3, 60, 60)],
        [(4, 0, 0)],
        [(5, 80, 80)],
        [(6, 20, 20), (6, 100, 100)],
    ]
    assert warehouse.reader.commits == before + 1
    assert [counts(warehouse, number) for number in (3, 4, 5, 6)] == [
        (100, 100, 0, 0),
        (0, 0, 0, 0),
        (80, 80, 0, 0),
        (120, 120, 0, 0),
    ]
    assert facts_and_rollups(warehouse) == [truth()] * SHOWN
    kept = warehouse.engine.query("SELECT load_id, count() FROM viewing_sessions GROUP BY 1 ORDER BY 1").rows
    assert kept == [(3, 100), (5, 80), (6, 120)]
    files = {one.load_id: one.files for one in ledger.recent(warehouse.engine, 4)}
    assert files == {3: ("0.0", "0.1"), 4: ("1.0",), 5: ("2.0",), 6: ("3.0", "3.1")}


def test_one_is_taken_back_without_the_others(warehouse: Warehouse) -> None:
    settle(warehouse)
    share(warehouse, SOURCES)
    done = warehouse.undo(5)
    assert (done.rows, done.table) == (80, "viewing_sessions")
    assert facts_and_rollups(warehouse) == [of(SESSIONS[:100] + SESSIONS[180:])] * SHOWN
    assert differences(warehouse) == []
    # What one sender took back, another may send.
    assert share(warehouse, ((SESSIONS[170:190],),))[0][0].accepted == 10
    assert [views(warehouse, as_of) for as_of in (2, 6, done.undone_by, None)] == [0, 300, 220, 230]


def test_repeats_conflicts_and_bad_rows_belong_to_their_sender(warehouse: Warehouse) -> None:
    late = SESSIONS[0]["user_id"]
    settle(warehouse, [one for one in PEOPLE if one["id"] != late])
    known = [row for row in SESSIONS if row["user_id"] != late]
    other = {**known[1], "watch_minutes_e4": known[1]["watch_minutes_e4"] + 1}
    bad = Reject(1, "MALFORMED", "{")
    first, second = share(warehouse, (([known[0], known[1]],), ([known[0], other, SESSIONS[0]],)), [bad])
    assert (first[0].load_id, first[0].rows, first[0].accepted, dict(first[0].reasons)) == (3, 3, 2, {"MALFORMED": 1})
    assert (second[0].load_id, second[0].rows, second[0].accepted) == (4, 3, 0)
    assert (second[0].duplicates, dict(second[0].reasons)) == (1, {"CONFLICT": 1, "UNKNOWN_USER": 1})
    assert sorted(in_quarantine(warehouse)) == [(3, 1, "MALFORMED"), (4, 5, "CONFLICT"), (4, 6, "UNKNOWN_USER")]
    load(warehouse, "users", PEOPLE)
    assert sorted(in_quarantine(warehouse)) == [(3, 1, "MALFORMED"), (4, 5, "CONFLICT")]
    assert counts(warehouse, 4) == (3, 1, 1, 1)
    warehouse.undo(4)
    assert facts_and_rollups(warehouse) == [of(known[:2])] * SHOWN


def test_what_is_not_committed_leaves_nothing_of_any(warehouse: Warehouse) -> None:
    settle(warehouse)
    with warehouse.load_shared("viewing_sessions", [["a"], ["b"]]) as opened:
        opened.divide([10, 21])
        opened.reject([Reject(21, "MALFORMED", "{")])
        opened.write(batch_of("viewing_sessions", SESSIONS[:20]))
    assert [one.state.value for one in ledger.recent(warehouse.engine, 2)] == ["failed", "failed"]
    assert in_quarantine(warehouse) == []
    assert share(warehouse, SOURCES)[0][0].load_id == 5
    assert facts_and_rollups(warehouse) == [truth()] * SHOWN


@pytest.mark.parametrize(
    "death",
    [
        pytest.param(Death("INSERT INTO loads", 1, after=True), id="as it began"),
        pytest.param(Death("INSERT INTO loads", 2, after=True), id="before it is shown"),
        pytest.param(Death("ALTER TABLE genre_analytics ATTACH", after=True), id="as it is shown"),
        pytest.param(Death("INSERT INTO loads", 3), id="before it is done"),
        pytest.param(Death("INSERT INTO loads", 3, after=True), id="when it is done"),
    ],
)
def test_a_killed_process_leaves_all_of_it_or_nothing(tmp_path: Path, death: Death) -> None:
    address = f"chdb://{tmp_path / 'warehouse'}"
    with Victim(address) as victim:
        victim.opened().ask(settle)
        with pytest.raises(Killed):
            victim.ask(share, SOURCES, death=death)
    is_done = death.times == 3 and death.after
    with open_warehouse(address) as warehouse:
        states = {one.state.value for one in ledger.recent(warehouse.engine, 4)}
        assert states == {"done" if is_done else "failed"}
        assert facts_and_rollups(warehouse) == [truth() if is_done else (0, 0, 0)] * SHOWN
        assert [one.accepted for one in share(warehouse, SOURCES)[0]] == ([0, 0] if is_done else [40, 60])
        assert facts_and_rollups(warehouse) == [truth()] * SHOWN
        assert differences(warehouse) == []
