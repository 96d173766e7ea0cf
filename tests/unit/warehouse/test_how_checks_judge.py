"""How checks judge: distances of distributions, bounds in both directions, and which loads are checked together."""

from datetime import UTC, datetime

import pytest

from warehouse.checks.check_schedule import groups
from warehouse.checks.declarations import Status
from warehouse.checks.distributions import jensen_shannon
from warehouse.checks.finding import judged
from warehouse.loads.ledger import Entry, State


def test_equal_shares_are_no_distance_apart() -> None:
    assert jensen_shannon([(0.5, 0.5), (0.3, 0.3), (0.2, 0.2)]) == 0


def test_shares_with_no_value_in_common_are_farthest_apart() -> None:
    assert jensen_shannon([(1, 0), (0, 1)]) == 1


def test_a_renamed_value_is_as_far_as_the_root_of_its_share() -> None:
    assert jensen_shannon([(0.75, 0.75), (0.25, 0), (0, 0.25)]) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("check", "value", "expected", "status"),
    [
        ("volume", 1.0, 1.0, Status.PASS),
        ("volume", 0.71, 1.0, Status.PASS),
        ("volume", 0.69, 1.0, Status.WARN),
        ("volume", 0.5, 1.0, Status.FAIL),
        ("volume", 0.0, 1.0, Status.FAIL),
        ("volume", 1.59, 1.0, Status.PASS),
        ("volume", 1.7, 1.0, Status.WARN),
        ("volume", 2.5, 1.0, Status.FAIL),
        ("nulls", 0.2, 0.15, Status.PASS),
        ("nulls", 0.0, 0.9, Status.PASS),
        ("nulls", 0.3, 0.15, Status.WARN),
        ("nulls", 0.5, 0.15, Status.FAIL),
        ("duplicates", 1.0, 0.0, Status.WARN),
    ],
)
def test_a_value_is_judged_by_its_distance_from_what_is_usual(
    check: str, value: float, expected: float, status: Status
) -> None:
    assert judged(check, "", value, expected, "").status is status


def test_a_sentence_says_what_to_do_only_where_something_is_to_be_done() -> None:
    none = "0 of 200 rows were quarantined."
    assert judged("rejects", "", 0.0, 0.0, none).sentence == none
    assert "marquee ingest rejects" in judged("rejects", "", 0.5, 0.0, "100 of 200 rows were quarantined.").sentence


def test_small_loads_of_a_table_are_checked_together_and_large_ones_alone() -> None:
    waiting = [
        _load(1, "ratings", 5),
        _load(2, "viewing_sessions", 49_999),
        _load(3, "viewing_sessions", 10),
        _load(4, "viewing_sessions", 50_000),
        _load(5, "viewing_sessions", 7),
    ]
    assert [[one.load_id for one in group.loads] for group in groups(waiting)] == [[1], [2, 3], [4], [5]]


def _load(load_id: int, table: str, rows: int) -> Entry:
    return Entry(load_id, table, ("test",), State.DONE, datetime(2026, 11, 1, tzinfo=UTC), rows=rows)
