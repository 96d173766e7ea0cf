"""Values that can't match are named: no answer is empty in silence, and nobody learns of values that are closed."""

from typing import Any

import pytest

from schema.roles import Role
from tests.integration.resolvers import world
from tests.integration.resolvers.conftest import ADMIN, ANALYST, VIEWER, Door, token_of

GERMANY = token_of(Role.ANALYST, {"country": ("DE",)})
DRAMA = token_of(Role.ANALYST, {"genre": ("Drama",)})
BASIC = token_of(Role.ANALYST, {"subscription": ("basic",)})
TOTAL = "query ($w: ViewingFilter) { dashboard(where: $w) { views } }"


def noted(door: Door, document: str, token: str, **variables: Any) -> list[tuple[str, str, str, str | None]]:
    """Path, filter, value and suggestion of what nothing has."""
    body = door.answer(document, token, **variables)
    assert "errors" not in body, body["errors"]
    found = body["extensions"]["marquee"].get("unmatched", [])
    return [(one["path"], one["filter"], one["value"], one["suggestion"]) for one in found]


@pytest.mark.parametrize(
    ("where", "name", "value", "suggestion"),
    [
        ({"genre": {"eq": "Comdy"}}, "genre", "Comdy", "Comedy"),
        ({"genre": {"eq": "drama"}}, "genre", "drama", "Drama"),
        ({"genre": {"eq": "Crime"}}, "genre", "Crime", None),
        ({"genre": {"has": "Crme"}}, "genre", "Crme", "Crime"),
        ({"genre": {"in": ["Drama", "Wstern"]}}, "genre", "Wstern", "Western"),
        ({"director": {"eq": "C. Diaz"}}, "director", "C. Diaz", "C. Díaz"),
        ({"device": {"eq": "Telephone"}}, "device", "Telephone", "Phone"),
        ({"quality": {"eq": "8K"}}, "quality", "8K", None),
        ({"subscription": {"eq": "Premium"}}, "subscription", "Premium", "premium"),
        ({"gender": {"eq": "femal"}}, "gender", "femal", "female"),
        ({"ageBand": {"eq": "18-25"}}, "ageBand", "18-25", "18-24"),
        ({"country": {"eq": "uk"}}, "country", "UK", None),
        ({"movie": {"eq": "77"}}, "movie", "77", None),
        ({"movie": {"in": ["1", "Dusk"]}}, "movie", "Dusk", None),
        ({"not": {"or": [{"device": {"eq": "Phone"}}, {"quality": {"in": ["qqqqqq"]}}]}}, "quality", "qqqqqq", None),
    ],
    ids=str,
)
def test_a_value_that_nothing_has_is_named_with_the_nearest(
    door: Door, where: dict[str, Any], name: str, value: str, suggestion: str | None
) -> None:
    assert noted(door, TOTAL, ANALYST, w=where) == [("dashboard", name, value, suggestion)]


@pytest.mark.parametrize(
    "where",
    [
        {},
        {"genre": {"in": ["Drama", "Western", "Unknown"]}},
        {"genre": {"has": "Crime"}},
        {"director": {"eq": "D. Eve"}, "device": {"eq": "Unknown"}, "quality": {"in": ["HD", "4K"]}},
        {"gender": {"in": ["female", "Unknown"]}, "ageBand": {"eq": "55+"}, "country": {"in": ["ca", "Unknown"]}},
        {"movie": {"in": [film.id for film in world.FILMS]}},
        {"releaseYear": {"eq": 3000}, "hourOfDay": {"eq": 3}},
    ],
    ids=str,
)
def test_values_that_something_has_are_not_noted(door: Door, where: dict[str, Any]) -> None:
    assert noted(door, TOTAL, ADMIN, w=where) == []


@pytest.mark.parametrize(
    ("field", "path"),
    [
        ('viewing(where: {genre: {eq: "Comdy"}}) { rows { views } totals { views } }', "viewing"),
        ('best: rating(where: {genre: {eq: "Comdy"}}) { totals { ratingsCount } }', "best"),
        ('topMovies(where: {genre: {eq: "Comdy"}}) { rank }', "topMovies"),
        ('dailyTrends(days: 2, where: {genre: {eq: "Comdy"}}) { day }', "dailyTrends"),
        ('completionFunnel(where: {genre: {eq: "Comdy"}}) { unknownViews }', "completionFunnel"),
        ('movies(where: {genre: {eq: "Comdy"}}) { totalCount }', "movies"),
        ('forecast(genre: "Comdy") { day }', "forecast"),
    ],
)
def test_every_field_that_filters_names_them_under_its_path(door: Door, field: str, path: str) -> None:
    assert noted(door, f"{{ {field} }}", VIEWER) == [(path, "genre", "Comdy", "Comedy")]


def test_arguments_that_ask_for_one_value_name_it(door: Door) -> None:
    assert noted(door, '{ qualityAlerts(device: "Phne") { start } }', VIEWER) == [
        ("qualityAlerts", "device", "Phne", "Phone")
    ]
    assert noted(door, '{ qualityAlerts(country: "fr") { start } }', VIEWER) == [
        ("qualityAlerts", "country", "FR", None)
    ]
    assert noted(door, '{ rankings(by: GENRE, value: "Dramma") { rank } }', VIEWER) == [
        ("rankings", "value", "Dramma", "Drama")
    ]
    assert noted(door, '{ similarMovies(id: "77") { rank } }', VIEWER) == [("similarMovies", "id", "77", None)]
    assert noted(door, '{ movies(where: {id: {in: ["1", "77"]}}) { totalCount } }', VIEWER) == [
        ("movies", "id", "77", None)
    ]
    asked = '{operations: ["Genres"], scope: {genre: ["Comdy"], country: ["ux"]}}'
    made = f"mutation {{ createEmbedToken(input: {asked}) {{ embedToken {{ id }} }} }}"
    assert noted(door, made, ADMIN) == [
        ("createEmbedToken", "scope.country", "UX", None),
        ("createEmbedToken", "scope.genre", "Comdy", "Comedy"),
    ]


@pytest.mark.parametrize(
    "field",
    [
        'viewing(where: {country: {eq: "Germany"}}) { totals { views } }',
        'users(where: {not: {country: {in: ["DE", "Germany"]}}}) { totalCount }',
        'rating(where: {or: [{country: {eq: "Germany"}}]}) { totals { ratingsCount } }',
        'qualityAlerts(country: "Germany") { start }',
        'rankings(by: COUNTRY, value: "Germany") { rank }',
    ],
)
def test_a_country_that_can_not_be_is_refused(door: Door, field: str) -> None:
    (error,) = door.answer(f"{{ {field} }}", VIEWER)["errors"]
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert error["message"] == "There is no country 'Germany'. Use an ISO 3166 code: DE."


def test_countries_are_folded(door: Door) -> None:
    in_germany = sum(session.user.country == "DE" for session in world.SESSIONS)
    for code in ("DE", "de", " De "):
        assert door.ask(TOTAL, VIEWER, w={"country": {"eq": code}})["dashboard"]["views"] == in_germany > 0
    alerts = "query ($c: String) { qualityAlerts(country: $c) { start } }"
    assert door.ask(alerts, VIEWER, c="us") == door.ask(alerts, VIEWER, c="US")


@pytest.mark.parametrize("value", ["female", "femal", "no such"])
def test_masked_values_are_not_told(door: Door, value: str) -> None:
    """A note for one text and none for another would tell which of them users have."""
    assert noted(door, TOTAL, VIEWER, w={"gender": {"eq": value}}) == []
    users = "query ($w: UserFilter) { users(where: $w) { totalCount } }"
    for where in ({"gender": {"eq": value}}, {"email": {"eq": value}}, {"username": {"eq": value}}):
        assert noted(door, users, VIEWER, w=where) == []


@pytest.mark.parametrize(
    ("token", "told"),
    [(GERMANY, ["genre", "director", "movie", "ageBand"]), (BASIC, ["genre", "director", "movie", "ageBand"])],
    ids=["country", "subscription"],
)
def test_a_scope_leaves_what_the_catalogue_tells(door: Door, token: str, told: list[str]) -> None:
    where = {
        **{name: {"eq": "xyz"} for name in ("genre", "director", "device", "quality", "subscription", "gender")},
        "movie": {"eq": "xyz"},
        "ageBand": {"eq": "xyz"},
        "country": {"eq": "FR"},
    }
    assert sorted(name for _, name, _, _ in noted(door, TOTAL, token, w=where)) == sorted(told)


def test_a_scope_of_genres_is_told_of_no_film(door: Door) -> None:
    where = {"genre": {"eq": "Comdy"}, "director": {"eq": "xyz"}, "movie": {"eq": "77"}, "device": {"eq": "xyz"}}
    assert noted(door, TOTAL, DRAMA, w=where) == []


def test_the_past_is_not_held_against_the_present(door: Door) -> None:
    document = '{ viewing(asOf: "2026-01-01", where: {genre: {eq: "Comdy"}}) { totals { views } } }'
    assert noted(door, document, ANALYST) == []


def test_many_values_are_counted_where_they_are_not_shown(door: Door) -> None:
    values = [f"Comed{number}" for number in range(60)] + ["x" * 5_000]
    body = door.answer(TOTAL, VIEWER, w={"genre": {"in": values}})["extensions"]["marquee"]
    assert (len(body["unmatched"]), body["unmatchedMore"]) == (50, 11)
    assert [one["suggestion"] for one in body["unmatched"]] == ["Comedy"] * 5 + [None] * 45
    long = door.answer(TOTAL, VIEWER, w={"genre": {"eq": "x" * 5_000}})["extensions"]["marquee"]["unmatched"]
    assert [len(one["value"]) for one in long] == [101]
