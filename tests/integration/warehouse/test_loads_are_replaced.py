"""A load takes the place of an earlier one: readers meet the one or the other, and as of before the earlier stands."""

from pathlib import Path
from typing import Any

import pytest

from tests.integration.warehouse.forgettable import differences
from tests.integration.warehouse.killable_process import Death, Killed, Victim
from tests.integration.warehouse.test_loads import SESSIONS, SHOWN, WORLD, facts_and_rollups, truth
from tests.integration.warehouse.test_loads_are_taken_back import FILMS, of, settle, views
from tests.integration.warehouse.test_quarantined_rows_are_released import in_quarantine
from tests.integration.warehouse.worlds import batch_of, load, review_row
from warehouse import Warehouse
from warehouse.errors import BadInput
from warehouse.loads import ledger

pytestmark = pytest.mark.slow

# The second half of the sessions with half of their minutes, and as it should have been.
WRONG = [{**row, "watch_minutes_e4": row["watch_minutes_e4"] // 2} for row in SESSIONS[150:]]
RIGHT = SESSIONS[150:]


def replace(warehouse: Warehouse, replaced: int, rows: list[dict[str, Any]], table: str = "viewing_sessions") -> Any:
    with warehouse.load(table, ["right.csv"], replaces=replaced) as opened:
        opened.write(batch_of(table, rows))
        return opened.commit()


def settle_wrong(warehouse: Warehouse) -> int:
    assert settle(warehouse) == 4
    warehouse.undo(4)
    wrong: int = load(warehouse, "viewing_sessions", WRONG).load_id
    return wrong


def test_corrected_rows_are_neither_repeats_nor_conflicts_of_those_they_replace(warehouse: Warehouse) -> None:
    wrong = settle_wrong(warehouse)
    assert (conflicts := load(warehouse, "viewing_sessions", RIGHT)).reasons == {"CONFLICT": 150}
    done = replace(warehouse, wrong, RIGHT)
    assert (done.accepted, done.duplicates, done.quarantined) == (150, 0, 0)
    assert facts_and_rollups(warehouse) == [truth()] * SHOWN
    assert differences(warehouse) == []
    assert {load_id for load_id, _, _ in in_quarantine(warehouse)} == {conflicts.load_id}


def test_rows_of_other_loads_still_count_as_known(warehouse: Warehouse) -> None:
    wrong = settle_wrong(warehouse)
    changed = {**SESSIONS[1], "watch_minutes_e4": 1}
    done = replace(warehouse, wrong, [SESSIONS[0], changed, *RIGHT[:10]])
    assert (done.accepted, done.duplicates, done.reasons) == (10, 1, {"CONFLICT": 1})
    assert facts_and_rollups(warehouse) == [of([*SESSIONS[:150], *RIGHT[:10]])] * SHOWN


def test_as_of_before_the_replaced_rows_are_answered_and_the_new_ones_are_not(warehouse: Warehouse) -> None:
    wrong = settle_wrong(warehouse)
    first = replace(warehouse, wrong, RIGHT[:100]).load_id
    second = replace(warehouse, first, RIGHT[:50]).load_id
    warehouse.undo(second)
    counted = [views(warehouse, as_of) for as_of in (wrong - 1, wrong, first, second, second + 1, None)]
    assert counted == [150, 300, 250, 200, 150, 150]


def test_what_is_given_up_before_its_commit_has_changed_nothing(warehouse: Warehouse) -> None:
    wrong = settle_wrong(warehouse)
    before = facts_and_rollups(warehouse)
    with warehouse.load("viewing_sessions", ["right.csv"], replaces=wrong) as opened:
        opened.write(batch_of("viewing_sessions", RIGHT))
        assert opened.count().accepted == 150
    assert facts_and_rollups(warehouse) == before
    assert ledger.recent(warehouse.engine, 1)[0].state is ledger.State.FAILED
    assert replace(warehouse, wrong, RIGHT).accepted == 150
    assert differences(warehouse) == []


def test_nothing_may_take_the_place_of_rows_too(warehouse: Warehouse) -> None:
    wrong = settle_wrong(warehouse)
    with warehouse.load("viewing_sessions", ["empty.csv"], replaces=wrong) as opened:
        opened.commit()
    assert facts_and_rollups(warehouse) == [of(SESSIONS[:150])] * SHOWN


def test_ratings_are_replaced_too(warehouse: Warehouse) -> None:
    settle(warehouse)
    reviews = [review_row(one) for one in WORLD.reviews]
    first = load(warehouse, "ratings", [{**row, "rating_e2": 50} for row in reviews])
    done = replace(warehouse, first.load_id, reviews, "ratings")
    assert done.accepted == first.accepted
    total = warehouse.engine.query("SELECT sum(rating_e2) FROM ratings").scalar()
    assert total == sum(row["rating_e2"] for row in reviews)
    assert facts_and_rollups(warehouse) == [truth()] * SHOWN


def test_what_can_not_be_replaced_is_refused_with_the_way_on(warehouse: Warehouse) -> None:
    wrong = settle_wrong(warehouse)
    with pytest.raises(BadInput, match="There is no load 99"):
        replace(warehouse, 99, RIGHT)
    with pytest.raises(BadInput, match=f"Load {wrong} is of viewing_sessions. Files of ratings can't take its place"):
        replace(warehouse, wrong, [], "ratings")
    with pytest.raises(BadInput, match="load the right file, and its rows are the newest versions"):
        replace(warehouse, 1, FILMS, "movies")
    with pytest.raises(BadInput, match="Load 4 is undone"):
        replace(warehouse, 4, RIGHT)


# Each death is followed by whether the file is in the place of the other once the next process has opened.
DEATHS = (
    (Death("INSERT INTO viewing_sessions_staging"), False),
    (Death("INSERT INTO viewing_sessions_undone"), False),
    (Death("INSERT INTO loads", 2), False),  # all is ready, and nothing decided
    (Death("INSERT INTO loads", 2, after=True), True),
    (Death("EXCHANGE TABLES viewing_sessions "), True),  # rollups have the new rows, the facts have not
    (Death("EXCHANGE TABLES viewing_sessions ", after=True), True),
    (Death("INSERT INTO loads", 3, after=True), True),
)


def newest_load(warehouse: Warehouse) -> int:
    found: int = warehouse.engine.query("SELECT max(load_id) FROM viewing_sessions").scalar()
    return found


def test_a_kill_at_any_step_leaves_the_one_or_the_other(tmp_path: Path) -> None:
    address = f"chdb://{tmp_path / 'warehouse'}"
    with Victim(address).opened() as victim:
        standing = victim.ask(settle_wrong)
        before, after = WRONG, RIGHT
    for death, is_replaced in DEATHS:
        with Victim(address).opened() as victim, pytest.raises(Killed):
            victim.ask(replace, standing, after, death=death)
        with Victim(address).opened() as victim:
            if is_replaced:
                before, after = after, before
            assert victim.ask(facts_and_rollups) == [of([*SESSIONS[:150], *before])] * SHOWN, str(death)
            assert victim.ask(differences) == [], str(death)
            standing = victim.ask(newest_load)
