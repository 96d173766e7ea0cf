"""A load's sessions are compared with each session of the days before once, under the attributes that it has now."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.warehouse.modes import embedded
from tests.integration.warehouse.worlds import load
from warehouse import Warehouse
from warehouse.errors import Unavailable
from warehouse.tables import refill

pytestmark = pytest.mark.slow

DAY_S = 86_400
# 2026-05-20: the 28 days before lie in two months.
DAY = 1_779_235_200


def sessions(first: int, number: int, start: int, step_s: int) -> list[dict[str, object]]:
    """Sessions of one user and one film on a TV, so many seconds apart."""
    return [
        {"id": first + n, "user_id": 1, "movie_id": 1, "start_time": start + step_s * n, "watch_minutes_e4": 600_000,
         "device_type": "TV"}
        for n in range(number)
    ]  # fmt: skip


@pytest.fixture
def peopled(tmp_path: Path) -> Iterator[Warehouse]:
    """A warehouse with a film, and a user in the US."""
    with embedded(tmp_path) as warehouse:
        load(warehouse, "movies", [{"id": 1, "title": "A film", "genres": ["Drama"]}])
        load(warehouse, "users", [{"id": 1, "country": "US"}])
        yield warehouse


def told(warehouse: Warehouse, load_id: int, subject: str) -> tuple[str, str]:
    """Status and sentence of the shift of a load's sessions by a dimension."""
    warehouse.inspector.check()
    found = warehouse.engine.query(
        "SELECT status, sentence FROM load_checks FINAL WHERE load_id = {load:UInt32} AND check = 'shift' "
        "AND subject = {subject:String}",
        {"load": load_id, "subject": subject},
    ).rows
    assert len(found) == 1
    return str(found[0][0]), str(found[0][1])


@pytest.mark.parametrize("subject", ["device", "country", "genre"])
def test_a_session_before_counts_once_and_not_for_each_step_of_its_rollup(peopled: Warehouse, subject: str) -> None:
    load(peopled, "viewing_sessions", sessions(1, 400, DAY - 20 * DAY_S, 4_000))
    peopled.inspector.check()
    done = load(peopled, "viewing_sessions", sessions(1_001, 600, DAY, 60))
    status, sentence = told(peopled, done.load_id, subject)
    assert status == "NOT_ENOUGH_DATA"
    assert sentence.startswith("600 rows have a known value, 400 in the 28 days before;")


def test_sessions_before_have_the_country_of_now_while_its_rollup_is_stale(
    peopled: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(peopled, "viewing_sessions", sessions(1, 1_200, DAY - 20 * DAY_S, 1_200))
    peopled.inspector.check()

    def fail(*_: object) -> None:
        raise Unavailable("The disk is full.")

    monkeypatch.setattr(refill, "rebuild_partitions", fail)
    load(peopled, "users", [{"id": 1, "country": "FR"}])
    done = load(peopled, "viewing_sessions", sessions(2_001, 600, DAY, 60))
    assert told(peopled, done.load_id, "country")[0] == "PASS"
