"""`metrics` says what can be asked, and `dimensionValues` which values there are: as far as the asker may see."""

from collections import Counter
from typing import Any

import pytest

from schema import access_policy
from schema.roles import Role
from tests.integration.resolvers.conftest import ADMIN, ANALYST, VIEWER, Door, token_of
from tests.integration.resolvers.world import SESSIONS

METRICS = """{ metrics {
    measures { of name label unit dimensions } dimensions { name label by mask hasValues } } }"""
VALUES = """query ($field: ValuedDimension!, $search: String, $limit: Int, $where: ViewingFilter) {
    dimensionValues(field: $field, search: $search, limit: $limit, where: $where) { id value views } }"""


def values(door: Door, token: str, field: str, **more: Any) -> list[tuple[str, int]]:
    rows = door.ask(VALUES, token, field=field, **more)["dimensionValues"]
    assert len({row["id"] for row in rows}) == len(rows)
    return [(row["value"], row["views"]) for row in rows]


def most_first(counted: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda one: (-one[1], one[0].casefold()))


def test_metrics_tell_the_unit_of_a_measure_and_what_it_groups_with(door: Door) -> None:
    measures = {(one["of"], one["name"]): one for one in door.ask(METRICS, VIEWER)["metrics"]["measures"]}
    assert measures["viewing", "completionRate"]["unit"] == "FRACTION"
    assert measures["viewing", "watchHours"]["label"] == "Hours watched"
    assert measures["viewing", "catalogueTitles"]["dimensions"] == ["movie", "genre", "director", "releaseYear"]
    assert "device" in measures["viewing", "views"]["dimensions"]
    assert "device" not in measures["rating", "averageRating"]["dimensions"]


def test_what_metrics_say_groups_with_a_measure_is_answered(door: Door) -> None:
    """A measure of each kind by every dimension that it is said to have; another is refused."""
    found = door.ask(METRICS, ANALYST)["metrics"]
    by = {one["name"]: one["by"] for one in found["dimensions"]}
    kinds = {(one["of"], *one["dimensions"]): one for one in reversed(found["measures"])}
    assert len(kinds) == 3
    for measure in kinds.values():
        names = [name for name in measure["dimensions"] if by[name]]
        parts = [f"{name}: rows(by: [{by[name][-1]}]) {{ {measure['name']} }}" for name in names]
        for start in range(0, len(parts), 7):
            document = f'{{ {measure["of"]}(range: {{last: "P1M"}}) {{ {" ".join(parts[start : start + 7])} }} }}'
            door.ask(document, ADMIN)
    (error,) = door.answer("{ viewing { rows(by: [DEVICE]) { catalogueTitles } } }", ANALYST)["errors"]
    assert error["extensions"]["code"] == "BAD_INPUT"


def test_metrics_tell_what_is_masked_and_leave_out_what_is_closed(door: Door) -> None:
    told = {}
    for name, token in (("viewer", VIEWER), ("analyst", ANALYST)):
        dimensions = {one["name"]: one for one in door.ask(METRICS, token)["metrics"]["dimensions"]}
        told[name] = (dimensions["gender"]["mask"], "attribute" in dimensions)
        assert dimensions["time"]["by"] == ["QUARTER_HOUR", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"]
        assert dimensions["country"] == {
            "name": "country",
            "label": "Country",
            "by": ["COUNTRY"],
            "mask": None,
            "hasValues": True,
        }
    assert told == {"viewer": ("NULL", False), "analyst": (None, True)}


def test_values_are_those_that_sessions_have_most_views_first(door: Door) -> None:
    counted = Counter(one.user.country for one in SESSIONS if one.user.country)
    assert values(door, VIEWER, "COUNTRY") == most_first(counted)
    assert values(door, VIEWER, "COUNTRY", limit=2) == most_first(counted)[:2]


def test_values_are_searched_whatever_the_case_and_accents(door: Door) -> None:
    counted = Counter(one.film.director for one in SESSIONS if one.film.director == "C. Díaz")
    assert values(door, VIEWER, "DIRECTOR", search="DIAZ") == list(counted.items())
    assert values(door, VIEWER, "DIRECTOR", search="%") == []


def test_values_are_of_the_sessions_that_match(door: Door) -> None:
    counted = Counter(one.device for one in SESSIONS if one.user.country == "DE" and one.device)
    assert values(door, VIEWER, "DEVICE", where={"country": {"eq": "DE"}}) == most_first(counted)


def test_a_masked_value_is_neither_listed_nor_found(door: Door) -> None:
    assert values(door, VIEWER, "GENDER") == []
    assert values(door, VIEWER, "GENDER", search="fem") == []
    assert values(door, ANALYST, "GENDER", search="fem") != []


def test_a_scope_s_values_are_those_in_it(door: Door) -> None:
    there = token_of(Role.VIEWER, {"country": ("DE", "HU")})
    assert {value for value, _ in values(door, there, "COUNTRY")} == {"DE", "HU"}
    assert values(door, there, "COUNTRY", search="US") == []
    counted = Counter(one.device for one in SESSIONS if one.user.country in ("DE", "HU") and one.device)
    assert values(door, there, "DEVICE") == most_first(counted)


def test_a_value_of_too_few_people_is_not_listed(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    people: dict[str, set[str]] = {}
    for one in SESSIONS:
        if one.user.country:
            people.setdefault(one.user.country, set()).add(one.user.id)
    few = {country for country, users in people.items() if len(users) < 2}
    assert few
    monkeypatch.setattr(access_policy, "MINIMUM_GROUP", {Role.VIEWER: 2})
    assert not {value for value, _ in values(door, VIEWER, "COUNTRY")} & few
