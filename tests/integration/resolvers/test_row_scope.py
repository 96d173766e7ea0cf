"""Row scope: a token that reaches some countries counts, lists and finds those only, and nothing tells of the rest."""

import pytest

from schema.roles import Role
from tests.integration.resolvers.conftest import Door, token_of
from tests.integration.resolvers.recount import figures, stars
from tests.integration.resolvers.world import FILMS, PEOPLE, REVIEWS, SESSIONS

SCOPE = ("DE", "HU")
ADMIN_THERE = token_of(Role.ADMIN, {"country": SCOPE})
BY_GENRE = token_of(Role.ANALYST, {"genre": ("Drama",)})
NOWHERE = token_of(Role.ANALYST, {"country": ("ZZ",)})
INSIDE = [one for one in SESSIONS if one.user.country in SCOPE]
REVIEWS_INSIDE = [one for one in REVIEWS if one.user.country in SCOPE]
USERS_INSIDE = [one for one in PEOPLE if one.country in SCOPE]


def test_the_cards_count_what_is_in_scope(door: Door) -> None:
    document = "{ dashboard { users viewers views watchHours completionRate averageRating } }"
    counted = figures(INSIDE)
    assert door.ask(document, ADMIN_THERE)["dashboard"] == {
        "users": len(USERS_INSIDE),
        "viewers": counted["viewers"],
        "views": counted["views"],
        "watchHours": counted["watchHours"],
        "completionRate": counted["completionRate"],
        "averageRating": stars(REVIEWS_INSIDE),
    }


@pytest.mark.parametrize(
    "panel", ["dailyTrends", "hourlyTrends", "genres", "devices", "countries", "topMovies(limit: 100)"]
)
def test_every_panel_counts_what_is_in_scope(door: Door, panel: str) -> None:
    rows = door.ask(f"{{ {panel} {{ views watchHours }} }}", ADMIN_THERE)[panel.partition("(")[0]]
    assert sum(row["views"] for row in rows) == len(INSIDE)


def test_other_countries_are_not_even_named(door: Door) -> None:
    found = door.ask("{ countries { country users viewers } }", ADMIN_THERE)["countries"]
    assert {row["country"] for row in found} == set(SCOPE)


@pytest.mark.parametrize(
    "where", ['{country: {eq: "US"}}', '{not: {country: {in: ["DE", "HU"]}}}', '{or: [{country: {eq: "US"}}]}']
)
def test_a_filter_does_not_reach_beyond_the_scope(door: Door, where: str) -> None:
    found = door.ask(
        f"{{ viewing(where: {where}) {{ rows(by: [COUNTRY]) {{ country views }} totals {{ views viewers }} }} }}",
        ADMIN_THERE,
    )
    assert found["viewing"] == {"rows": [], "totals": {"views": 0, "viewers": 0}}


def test_groups_of_films_count_sessions_in_scope(door: Door) -> None:
    document = "{ viewing { rows(by: [MOVIE]) { movie { id: sourceId averageRating views } views } } }"
    found = door.ask(document, ADMIN_THERE)["viewing"]["rows"]
    films = {row["movie"]["id"]: row for row in found}
    for film in FILMS:
        views = sum(one.film == film for one in INSIDE)
        assert films.get(film.id, {"views": 0})["views"] == views
        if views:
            rated = stars(one for one in REVIEWS_INSIDE if one.film == film)
            assert films[film.id]["movie"] == {"id": film.id, "averageRating": rated, "views": views}


def test_the_top_films_are_those_of_the_scope_with_their_titles(door: Door) -> None:
    found = door.ask("{ topMovies(limit: 100) { movie { title } views } }", ADMIN_THERE)["topMovies"]
    by_title = {film.title: sum(one.film.title == film.title for one in INSIDE) for film in FILMS}
    summed: dict[str, int] = dict.fromkeys(by_title, 0)
    for row in found:
        summed[row["movie"]["title"]] += row["views"]
    assert summed == by_title


def test_lists_and_single_objects_end_at_the_scope(door: Door) -> None:
    document = "{ users(first: 100) { totalCount edges { node { id: sourceId } } } ratings(first: 100) { totalCount } }"
    found = door.ask(document, ADMIN_THERE)
    assert found["users"]["totalCount"] == len(USERS_INSIDE)
    assert [edge["node"]["id"] for edge in found["users"]["edges"]] == [one.id for one in USERS_INSIDE]
    assert found["ratings"]["totalCount"] == len(REVIEWS_INSIDE)
    for one in PEOPLE:
        shown = door.ask("query ($id: ID!) { user(id: $id) { id: sourceId } }", ADMIN_THERE, id=one.id)["user"]
        assert shown == ({"id": one.id} if one in USERS_INSIDE else None)


def test_the_newest_day_is_that_of_the_newest_session_in_scope(door: Door) -> None:
    newest = max(one.start for one in INSIDE)
    body = door.answer("{ dailyTrends(days: 1) { day views } }", ADMIN_THERE)
    assert [row["day"] for row in body["data"]["dailyTrends"]] == [newest.date().isoformat()]
    assert body["extensions"]["marquee"]["dataThrough"] == f"{newest:%Y-%m-%dT%H:%M:%SZ}"


def test_a_scope_of_nobody_is_empty_rather_than_everybody(door: Door) -> None:
    document = "{ dashboard { users views } users { totalCount } countries { country } }"
    assert door.ask(document, NOWHERE) == {
        "dashboard": {"users": 0, "views": 0},
        "users": {"totalCount": 0},
        "countries": [],
    }


def test_a_genre_scope_counts_its_films(door: Door) -> None:
    drama = [one for one in SESSIONS if one.film.genre == "Drama"]
    found = door.ask(
        "{ viewing { totals { views viewers } } movies(first: 100) { edges { node { id: sourceId } } } }", BY_GENRE
    )
    counted = figures(drama)
    assert found["viewing"]["totals"] == {"views": counted["views"], "viewers": counted["viewers"]}
    assert [edge["node"]["id"] for edge in found["movies"]["edges"]] == [
        film.id for film in FILMS if film.genre == "Drama"
    ]


@pytest.mark.parametrize(
    "document",
    [
        "{ users { edges { node { id: sourceId } } } }",
        '{ user(id: "10") { id: sourceId } }',
        "{ dashboard { users } }",
    ],
)
def test_a_scope_that_a_table_can_not_apply_denies(door: Door, document: str) -> None:
    body = door.answer(document, BY_GENRE)
    assert [error["extensions"]["code"] for error in body["errors"]] == ["FORBIDDEN"]
    assert "limited to some values of genre" in body["errors"][0]["message"]


def test_an_admin_with_a_scope_sees_no_figures_of_the_engine(door: Door) -> None:
    plan = door.ask("{ viewing { rows { views } plan { elapsedMs sql } } }", ADMIN_THERE)["viewing"]["plan"]
    assert plan == {"elapsedMs": None, "sql": None}


def test_charts_over_everybody_are_closed_to_a_scope(door: Door) -> None:
    errors = door.answer("{ rankings { rank } }", ADMIN_THERE)["errors"]
    assert errors[0]["extensions"]["code"] == "FORBIDDEN"
    inside = door.ask('{ rankings(by: COUNTRY, value: "DE") { rank } }', ADMIN_THERE)
    assert inside == {"rankings": []}
    outside = door.answer('{ rankings(by: COUNTRY, value: "US") { rank } }', ADMIN_THERE)
    assert outside["errors"][0]["extensions"]["code"] == "FORBIDDEN"
