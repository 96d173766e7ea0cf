"""A minimum of people in a group: what is folded adds up, and nothing gives it back.

That warehouses which differ in small groups only give the same answers is proved in `test_non_interference.py`.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest

from schema import access_policy
from schema.access_policy import access_of
from schema.roles import Role
from tests.integration.resolvers.conftest import ADMIN, ANALYST, VIEWER, Door, token_of
from tests.integration.server.test_non_interference import served
from tests.integration.server.twins import MINIMUM, small_group_twins

ROLES = (Role.VIEWER, Role.ANALYST)
DEVICES = "{ viewing { rows(by: [DEVICE]%s) { device isOthers views viewers } totals { views viewers } } }"

PAST = """query ($r: TimeRange!, $w: ViewingFilter) { viewing(range: $r, compareTo: PREVIOUS_PERIOD, where: $w) {
    rows { previous { views watchHours } } } }"""


@pytest.fixture(autouse=True)
def _minimum(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_policy, "MINIMUM_GROUP", dict.fromkeys(ROLES, MINIMUM))


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A warehouse with small groups."""
    with served(tmp_path_factory.mktemp("small") / "world", small_group_twins(0)[0]) as door:
        yield door


def grouped(door: Door, token: str, more: str = "") -> tuple[list[dict[str, Any]], dict[str, Any]]:
    found = door.ask(DEVICES % more, token)["viewing"]
    return found["rows"], found["totals"]


@pytest.mark.slow
def test_small_groups_are_one_row_and_add_up(door: Door) -> None:
    everything, total = grouped(door, ADMIN)
    rows, same = grouped(door, VIEWER)
    assert same == total
    assert sum(row["views"] for row in rows) == total["views"]
    assert {row["device"] for row in everything if row["viewers"] < MINIMUM} == {"Fridge"}
    folded = [row for row in rows if row["isOthers"]]
    assert len(folded) == 1
    assert folded[0]["device"] is None
    assert folded[0]["viewers"] >= MINIMUM
    assert all(row["viewers"] >= MINIMUM for row in rows)
    # The small one alone would be too few, so the smallest shown device joined it.
    assert {row["device"] for row in rows if not row["isOthers"]} < {row["device"] for row in everything}


@pytest.mark.parametrize(
    "more",
    [
        ", having: {viewers: {lt: 4}}",
        ", having: {viewers: {lt: 4}}, orderBy: [{field: VIEWERS, direction: ASC}]",
        ', where: {device: {eq: "Fridge"}}',
    ],
)
def test_a_small_group_is_found_by_no_test(more: str, door: Door) -> None:
    assert grouped(door, ADMIN, more)[0]
    assert grouped(door, VIEWER, more)[0] == []


def test_what_a_small_group_is_left_out_of_is_the_whole(door: Door) -> None:
    negated = '{ viewing { totals(where: {not: {device: {eq: "Fridge"}}}) { views viewers } } }'
    assert door.ask(negated, VIEWER)["viewing"]["totals"] == grouped(door, VIEWER)[1]
    assert door.ask(negated, ADMIN)["viewing"]["totals"] != grouped(door, ADMIN)[1]


def test_others_of_a_top_hold_what_is_folded(door: Door) -> None:
    rows, total = grouped(door, VIEWER, ", top: {n: 5, by: VIEWS}")
    assert sum(row["views"] for row in rows) == total["views"]
    assert [row["isOthers"] for row in rows].count(True) == 1
    assert "Fridge" not in {row["device"] for row in rows}


def test_one_person_is_nobody(door: Door) -> None:
    document = "{ viewing(where: {hourOfDay: {eq: 3}, dayOfWeek: {eq: 2}, country: {in: %s}}) { totals { %s } } }"
    figures = "views viewers watchMinutesP95 newViewers averageWatchMinutes"
    alone = '["LU", "MT", "IS"]'
    nothing = {"views": 0, "viewers": 0, "watchMinutesP95": None, "newViewers": 0, "averageWatchMinutes": None}
    assert door.ask(document % (alone, figures), VIEWER)["viewing"]["totals"] == nothing


def test_people_are_told_apart_by_nothing_that_few_share(door: Door) -> None:
    document = "{ viewing { rows(by: [COUNTRY, SUBSCRIPTION, AGE_BAND]) { country subscription ageBand isOthers } } }"
    rows = door.ask(document, ANALYST)["viewing"]["rows"]
    assert [(row["country"], row["subscription"], row["ageBand"]) for row in rows if not row["isOthers"]] == [
        ("DE", "premium", "18-24"),
        ("US", "free", "25-34"),
    ]
    countries = door.ask("{ countries { country users viewers } }", VIEWER)["countries"]
    assert sorted((row["country"], row["users"]) for row in countries) == [("DE", 7), ("US", 7)]


def test_comparisons_and_buckets_hold_no_small_group(door: Door) -> None:
    document = """{ viewing(range: {last: "P14D"}, compareTo: PREVIOUS_PERIOD) {
        rows(by: [HOUR, DEVICE], fill: true) { time device isOthers viewers previous { viewers } } } }"""
    rows = door.ask(document, VIEWER)["viewing"]["rows"]
    for row in rows:
        assert row["viewers"] == 0 or row["viewers"] >= MINIMUM
        assert row["previous"]["viewers"] == 0 or row["previous"]["viewers"] >= MINIMUM
    assert [row["time"] for row in rows if row["isOthers"]] == [None]


def test_the_past_of_a_filter_tells_no_small_group(door: Door) -> None:
    """A value that enough people have now, and too few had before, is no difference between two questions."""
    asked = """query ($r: TimeRange!, $w: ViewingFilter) { viewing(range: $r, compareTo: PREVIOUS_PERIOD, where: $w) {
        rows(by: [%s]) { value: %s viewers previous { viewers } } } }"""
    found = 0
    begins = [date(2026, 2, 1) + timedelta(days=3 * number) for number in range(16)]
    for begin, (by, name) in product(begins, {"DEVICE": "device", "HOUR_OF_DAY": "hourOfDay"}.items()):
        span = {"from": begin.isoformat(), "to": (begin + timedelta(days=5)).isoformat()}
        for row in door.ask(asked % (by, name), ADMIN, r=span)["viewing"]["rows"]:
            if row["viewers"] >= MINIMUM > (row["previous"]["viewers"] or 0) > 0:
                found += 1
                others, nobody = (
                    door.ask(PAST, VIEWER, r=span, w={name: {"ne": value}})["viewing"]["rows"]
                    for value in (row["value"], "nothing has this" if name == "device" else 99)
                )
                assert others[0]["previous"] == nobody[0]["previous"]
    assert found


@pytest.mark.parametrize(
    "field",
    [
        "retention(cohort: WEEK, periods: 2) { viewers returns { viewers } }",
        "completionFunnel { steps { viewers } }",
        "concurrency(grain: HOUR) { peakViewers }",
        "stickiness { dailyViewers monthlyViewers }",
        "hourlyTrends { viewers }",
        "dailyTrends { viewers }",
        "topMovies { viewers }",
    ],
)
def test_no_field_counts_fewer_people(field: str, door: Door) -> None:
    def counts(value: Any) -> Iterator[int]:
        if isinstance(value, dict | list):
            for each in value.values() if isinstance(value, dict) else value:
                yield from counts(each)
        elif value is not None:
            yield value

    found = list(counts(door.ask(f"{{ {field} }}", VIEWER)))
    assert found
    assert all(count == 0 or count >= MINIMUM for count in found)


@pytest.mark.parametrize(
    "document",
    [
        "{ users { totalCount } }",
        '{ user(id: "500") { id: sourceId } }',
        "{ ratings { totalCount } }",
        "{ viewingPatterns(by: COUNTRY) { viewers } }",
        "{ geography { id } }",
        '{ viewing(asOf: "2026-03-10") { totals { views } } }',
        '{ viewing { rows(attributes: ["secret"]) { views } } }',
    ],
)
def test_what_tells_of_single_people_is_closed(document: str, door: Door) -> None:
    for token in (VIEWER, ANALYST):
        body = door.answer(document, token)
        assert body["errors"][0]["extensions"]["code"] == "FORBIDDEN", body


def test_nodes_of_a_type_follow_the_field_that_shows_one(door: Door) -> None:
    """Films and boards are open; what tells of one person is refused, whether it is there or not."""
    document = '{ film: node(id: "Movie:1") { id ... on Movie { views } } plain: movie(id: "1") { id views } }'
    found = door.ask(document, VIEWER)
    assert found["film"] == found["plain"]
    assert found["film"]["id"] == "Movie:1"
    for identity in ("User:1", "User:999999", "Rating:3", "Session:1"):
        asked = f'{{ nodes(ids: ["Movie:1", "{identity}", "Board:x"]) {{ id }} }}'
        body = door.answer(asked, VIEWER)
        assert body["data"]["nodes"] == [{"id": "Movie:1"}, None, None]
        assert [error["extensions"]["code"] for error in body["errors"]] == ["FORBIDDEN"]


def test_a_scope_that_users_have_not_is_denied_with_a_minimum(door: Door) -> None:
    body = door.answer("{ countries { country } }", token_of(Role.VIEWER, {"genre": ("Drama",)}))
    assert body["errors"][0]["extensions"]["code"] == "FORBIDDEN"


def test_answers_of_roles_with_another_minimum_are_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    strict = access_of("ada", Role.VIEWER, {})
    monkeypatch.setattr(access_policy, "MINIMUM_GROUP", {})
    assert access_of("ada", Role.VIEWER, {}).view != strict.view
