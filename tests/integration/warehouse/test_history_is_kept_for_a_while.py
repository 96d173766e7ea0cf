"""History that is older than it may be goes; what is shown, and what was answered since, stays; the rest is refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.integration.warehouse.forgettable import WORLD, differences
from tests.integration.warehouse.modes import Modes
from tests.integration.warehouse.worlds import film_row, load, person_row, session_row
from warehouse import Warehouse
from warehouse.access import SYSTEM
from warehouse.errors import BadInput
from warehouse.loads import ledger
from warehouse.loads.history_retention import HistoryAges, OldRows, old_history
from warehouse.model.facts import FACTS
from warehouse.query.masked_source import fact_source, read
from warehouse.query.parameters import Parameters

pytestmark = pytest.mark.slow

FILM = next(iter(WORLD.films.values()))
DAYS = 31
FILMS, USERS, TAKEN_BACK, MENDED, UNDOING, STAYING, TAKEN_BACK_LATER, MENDED_AGAIN, UNDOING_LATER = range(1, 10)


@pytest.fixture
def lived(modes: Modes, mode: str, tmp_path: Path) -> Iterator[Warehouse]:
    """A warehouse with two corrections and two undone loads, one of each before `STAYING` and one after."""
    thirds = [WORLD.sessions[part::3] for part in range(3)]
    with modes.new(mode, tmp_path) as warehouse:
        load(warehouse, "movies", [film_row(film) for film in WORLD.films.values()])
        load(warehouse, "users", [person_row(one) for one in WORLD.people.values()])
        load(warehouse, "viewing_sessions", [session_row(one) for one in thirds[0]])
        load(warehouse, "movies", [{**film_row(FILM), "title": "Mended"}])
        warehouse.undo(TAKEN_BACK)
        wrong = [{**session_row(one), "user_id": 999_999_999} for one in thirds[0][:2]]
        load(warehouse, "viewing_sessions", [*map(session_row, thirds[1]), *wrong])
        load(warehouse, "viewing_sessions", [session_row(one) for one in thirds[2]])
        load(warehouse, "movies", [{**film_row(FILM), "title": "Mended again"}])
        warehouse.undo(TAKEN_BACK_LATER)
        yield warehouse


def past(warehouse: Warehouse, load_id: int) -> tuple[int, set[str]]:
    """The sessions, and the titles of the film, as of a load."""
    parameters = Parameters()
    source = read(fact_source(FACTS["viewing"], load_id), ("title", "movie_key"), SYSTEM, parameters)
    rows, titles = warehouse.engine.query(
        f"SELECT count(), groupUniqArrayIf(title, title LIKE 'Mended%') FROM {source}", parameters.values
    ).rows[0]
    return rows, set(titles)


@contextmanager
def unchanged(warehouse: Warehouse) -> Iterator[None]:
    """Answers about the present, and about the past that is kept, are the same after the block."""

    def told() -> list[object]:
        shown = ("viewing_sessions", "movies", "users")
        present = [warehouse.engine.query(f"SELECT count(), sum(cityHash64(*)) FROM {one}").rows for one in shown]
        return [*present, *(past(warehouse, one) for one in range(STAYING, UNDOING_LATER + 1))]

    before = told()
    yield
    assert told() == before


def dropped(warehouse: Warehouse) -> dict[str, int]:
    """Drop what came before `STAYING`, as if that was 31 days ago."""
    done_at = warehouse.engine.query(f"SELECT done_at FROM loads FINAL WHERE load_id = {STAYING}").scalar()
    now = done_at.replace(tzinfo=UTC) + timedelta(days=DAYS, microseconds=1)
    ages = HistoryAges(history_days=DAYS)
    foreseen = old_history(warehouse.engine, ages, now)
    # What a load was before it was done may lie beside what it is now for a long time.
    warehouse.engine.command(
        "INSERT INTO loads SELECT * REPLACE ('committing' AS state, updated_at - toIntervalSecond(1) AS updated_at) "
        "FROM loads FINAL WHERE state = 'done'"
    )
    found = warehouse.drop_history(ages, now)
    assert found == foreseen
    assert warehouse.drop_history(ages, now) == []
    assert list(ledger.unfinished(warehouse.engine)) == []
    return {one.table: one.rows for one in found}


def test_what_is_shown_and_the_later_past_stay_and_the_earlier_is_refused(lived: Warehouse) -> None:
    engine, before = lived.engine, datetime.now(UTC) - timedelta(days=1)
    with unchanged(lived):
        assert past(lived, TAKEN_BACK_LATER) == (len(WORLD.sessions[1::3]) + len(WORLD.sessions[2::3]), {"Mended"})
        found = dropped(lived)
    assert found["viewing_sessions_undone"] == len(WORLD.sessions[::3])
    assert found["movies_versions"] == 1
    kept = [one.load_id for one in ledger.recent(engine, 100)]
    assert kept == [UNDOING_LATER, MENDED_AGAIN, TAKEN_BACK_LATER, STAYING, UNDOING, TAKEN_BACK]
    with pytest.raises(BadInput, match=r"History is kept from \d{4}-.* UTC on"):
        ledger.load_as_of(engine, before)
    assert ledger.load_as_of(engine, datetime.now(UTC)) == UNDOING_LATER
    for one in (USERS, TAKEN_BACK, STAYING):
        with pytest.raises(BadInput, match=f"Load {one} is older than the history that is kept"):
            lived.undo(one)
    # What came later can be taken back, and what was before it is shown again.
    lived.undo(MENDED_AGAIN)
    assert list(engine.query("SELECT title FROM movies WHERE title LIKE 'Mended%'").rows) == [("Mended",)]
    lived.refill.wait()
    assert differences(lived) == []


def test_quarantined_rows_go_after_their_own_time_and_are_not_released_any_more(lived: Warehouse) -> None:
    ages, now = HistoryAges(rejected_days=DAYS), datetime.now(UTC) + timedelta(days=DAYS + 1)
    assert lived.drop_history(ages, now - timedelta(days=2)) == []
    assert lived.drop_history(ages, now) == [OldRows("rejected_rows", 2)]
    assert ledger.kept_from(lived.engine) is None
    load(lived, "users", [{**person_row(next(iter(WORLD.people.values()))), "id": 999_999_999}])
    assert lived.retry() == []
