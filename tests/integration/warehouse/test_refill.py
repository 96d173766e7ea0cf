"""A correction shows at once, and no question waits for the rollups that it makes stale, nor reads them."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integration.new_warehouse import lay
from tests.integration.warehouse.story import faults
from tests.integration.warehouse.worlds import load
from warehouse import Warehouse, open_warehouse
from warehouse.access import SYSTEM
from warehouse.engine.engine import Engine
from warehouse.errors import Unavailable
from warehouse.model.rollups import Rollup
from warehouse.query.answer import Answer, ask
from warehouse.query.local_time import Range
from warehouse.query.question import Group, Question
from warehouse.query.router import Reason, Rejection
from warehouse.tables import refill
from warehouse.tables.rebuild import rebuild_partitions, stale_rollups

pytestmark = pytest.mark.slow

WAIT_S = 60
# 2026-01-01 and 2026-03-01.
JANUARY, MARCH = 1_767_225_600, 1_772_323_200
DAY_S = 86_400
SPAN = Range(JANUARY, MARCH + 31 * DAY_S)


def film(number: int, genre: str, title: str = "A film") -> dict[str, object]:
    return {"id": number, "title": title, "genres": [genre]}


def person(number: int, country: str, email: str = "") -> dict[str, object]:
    return {"id": number, "country": country, "email": email}


def sessions(first: int, number: int, start: int) -> list[dict[str, object]]:
    """Sessions of user 1 and film 1, user 2 and film 2 in turn, one a minute."""
    return [
        {
            "id": first + n,
            "user_id": n % 2 + 1,
            "movie_id": n % 2 + 1,
            "start_time": start + 60 * n,
            "watch_minutes_e4": 600_000,
        }
        for n in range(number)
    ]


def settle(warehouse: Warehouse) -> None:
    """Two films, two users, 40 sessions in January and 20 in March."""
    load(warehouse, "movies", [film(1, "Drama"), film(2, "War")])
    load(warehouse, "users", [person(1, "US"), person(2, "DE")])
    load(warehouse, "viewing_sessions", [*sessions(1, 40, JANUARY), *sessions(101, 20, MARCH)])


@pytest.fixture
def settled(warehouse: Warehouse) -> Warehouse:
    """The warehouse of `settle`, once in each mode."""
    settle(warehouse)
    return warehouse


def by(warehouse: Warehouse, dimension: str) -> tuple[dict[object, int], Answer]:
    """Views by a dimension's value, and the answer they are of."""
    answer = ask(warehouse.reader, Question((Group(dimension),), ("views",), SPAN), SYSTEM)
    return {row.groups[0]: int(row.now["views"] or 0) for row in answer.rows}, answer


def names(rollups: Sequence[Rollup]) -> list[str]:
    return [rollup.name for rollup in rollups]


def check_filled(warehouse: Warehouse) -> None:
    """The correction of film 2 to a drama is in the rollup, which serves."""
    rows, answer = by(warehouse, "genre")
    assert rows == {"Drama": 60}
    assert answer.sources == ("genre_analytics",)
    assert faults(warehouse) == []


class Held:
    """Holds a refill at the first month of a rollup until it is let go on."""

    def __init__(self, rollup: str) -> None:
        self.rollup = rollup
        self.is_there, self.may_go_on = threading.Event(), threading.Event()
        self.months: list[str] = []

    def __call__(self, engine: Engine, rollup: Rollup, months: Sequence[str]) -> None:
        self.months += [f"{rollup.name}/{month}" for month in months]
        if rollup.name == self.rollup:
            self.is_there.set()
            assert self.may_go_on.wait(WAIT_S)
        rebuild_partitions(engine, rollup, months)


@contextmanager
def held(monkeypatch: pytest.MonkeyPatch, rollup: str) -> Iterator[Held]:
    found = Held(rollup)
    monkeypatch.setattr(refill, "rebuild_partitions", found)
    try:
        yield found
    finally:
        found.may_go_on.set()


def test_a_correction_shows_before_its_rollup_is_filled(settled: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    with held(monkeypatch, "genre_analytics") as hold:
        load(settled, "movies", [film(2, "Drama")])
        assert hold.is_there.wait(WAIT_S)
        rows, answer = by(settled, "genre")
        assert rows == {"Drama": 60}
        # Films, with the genre they have now.
        assert answer.sources == ("movie_analytics",)
        assert Rejection("genre_analytics", Reason.STALE) in answer.statement.routes[0].rejected
        # What it does not touch goes on serving.
        countries, answer = by(settled, "country")
        assert countries == {"US": 30, "DE": 30}
        assert answer.sources == ("country_analytics",)
        assert names(stale_rollups(settled.engine)) == ["genre_analytics"]
    settled.refill.wait()
    check_filled(settled)
    assert hold.months == ["genre_analytics/202601", "genre_analytics/202603"]


@pytest.mark.parametrize(
    ("table", "row"),
    [("movies", film(1, "Drama", "Another title")), ("users", person(1, "US", "new@example.org"))],
    ids=["title", "email"],
)
def test_a_correction_of_what_no_rollup_stores_makes_none_stale(
    settled: Warehouse, monkeypatch: pytest.MonkeyPatch, table: str, row: dict[str, object]
) -> None:
    with held(monkeypatch, "none") as hold:
        assert load(settled, table, [row]).accepted == 1
        assert stale_rollups(settled.engine) == []
    settled.refill.wait()
    assert hold.months == []
    assert faults(settled) == []


def test_a_new_film_makes_no_rollup_stale(settled: Warehouse) -> None:
    load(settled, "movies", [film(3, "Crime")])
    assert stale_rollups(settled.engine) == []


def test_loads_and_corrections_that_come_meanwhile_are_counted_once(
    settled: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    with held(monkeypatch, "genre_analytics") as hold:
        load(settled, "movies", [film(1, "Crime")])
        assert hold.is_there.wait(WAIT_S)
        later: list[Callable[[], object]] = [
            lambda: load(settled, "viewing_sessions", sessions(201, 10, JANUARY + DAY_S)),
            lambda: load(settled, "viewing_sessions", sessions(301, 6, JANUARY + 40 * DAY_S)),
            lambda: load(settled, "movies", [film(2, "Crime"), film(1, "Comedy")]),
            lambda: load(settled, "users", [person(1, "FR")]),
        ]
        waiting = [threading.Thread(target=one) for one in later]
        for thread in waiting:
            thread.start()
    for thread in waiting:
        thread.join(WAIT_S)
    settled.refill.wait()
    assert by(settled, "genre")[0] == {"Comedy": 38, "Crime": 38}
    rows, answer = by(settled, "country")
    assert rows == {"FR": 38, "DE": 38}
    assert answer.sources == ("country_analytics",)
    assert faults(settled) == []


def test_an_undone_correction_shows_at_once_too(settled: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    corrected = load(settled, "users", [person(1, "FR"), person(2, "FR")])
    settled.refill.wait()
    assert by(settled, "country")[0] == {"FR": 60}
    with held(monkeypatch, "country_analytics") as hold:
        settled.undo(corrected.load_id)
        assert hold.is_there.wait(WAIT_S)
        rows, answer = by(settled, "country")
        assert rows == {"US": 30, "DE": 30}
        assert answer.sources == ("viewing_sessions",)
    settled.refill.wait()
    assert by(settled, "country")[1].sources == ("country_analytics",)
    assert faults(settled) == []


def test_what_can_not_be_filled_is_told_and_tried_again_after_the_next_load(
    settled: Warehouse, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise Unavailable("The disk is full.")

    with monkeypatch.context() as broken:
        broken.setattr(refill, "rebuild_partitions", fail)
        load(settled, "movies", [film(2, "Drama")])
        settled.refill.wait()
    assert "Rollups stay stale until the next load or opening; facts answer instead: The disk is full." in caplog.text
    assert by(settled, "genre")[0] == {"Drama": 60}
    load(settled, "viewing_sessions", sessions(201, 10, JANUARY + DAY_S))
    settled.refill.wait()
    rows, answer = by(settled, "genre")
    assert rows == {"Drama": 70}
    assert answer.sources == ("genre_analytics",)


def test_closing_fills_what_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = lay(tmp_path / "warehouse")
    with open_warehouse(address) as warehouse:
        settle(warehouse)
        with held(monkeypatch, "genre_analytics") as hold:
            load(warehouse, "movies", [film(2, "Drama")])
            assert hold.is_there.wait(WAIT_S)
            closing = threading.Thread(target=warehouse.close)
            closing.start()
        closing.join(WAIT_S)
        assert not closing.is_alive()
    monkeypatch.setattr(
        "warehouse.opening.fill_rollups", lambda _, rollups: pytest.fail(str(rollups)) if rollups else 0
    )
    with open_warehouse(address) as warehouse:
        check_filled(warehouse)


def test_closing_amid_a_load_leaves_the_rest_to_the_next_opening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = lay(tmp_path / "warehouse")
    with open_warehouse(address) as warehouse:
        settle(warehouse)
        with held(monkeypatch, "genre_analytics") as hold:
            load(warehouse, "movies", [film(2, "Drama")])
            assert hold.is_there.wait(WAIT_S)
            # It waits for the load lock, and would be granted it after the month under way.
            stuck = warehouse._write_lock.hold()
            waiting = threading.Thread(target=stuck.__enter__)
            waiting.start()
        waiting.join(WAIT_S)
        warehouse.close()
        stuck.__exit__(None, None, None)
    with open_warehouse(address) as warehouse:
        check_filled(warehouse)
