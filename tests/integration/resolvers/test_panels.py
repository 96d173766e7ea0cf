"""Panels say what a count by hand says, in any zone, over any range, filtered or not."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.integration.resolvers.conftest import VIEWER, Door
from tests.integration.resolvers.recount import (
    Figures,
    chosen,
    figures,
    grouped,
    in_order,
    local,
    most_first,
    reviews_between,
    sessions_between,
    stars,
)
from tests.integration.resolvers.world import FILMS, PEOPLE, SESSIONS, Film

ZONES = ("UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns")
# Around the changes of the clock in America (8 March) and Europe (29 March).
FIRST, LAST = date(2026, 3, 1), date(2026, 4, 5)
RANGE = {"from": FIRST.isoformat(), "to": LAST.isoformat()}


def day_start(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def edges(zone: str) -> tuple[datetime, datetime]:
    return day_start(FIRST, zone), day_start(LAST, zone)


@pytest.mark.parametrize("zone", ZONES)
def test_daily_trends_have_every_local_day(door: Door, zone: str) -> None:
    document = """query ($range: TimeRange, $zone: TimeZone!) {
        dailyTrends(range: $range, timeZone: $zone) { day views viewers watchHours completionRate } }"""
    by_day = grouped(sessions_between(*edges(zone)), lambda one: local(one.start, zone).date())
    days = [FIRST + timedelta(days=index) for index in range((LAST - FIRST).days)]
    assert door.ask(document, VIEWER, range=RANGE, zone=zone)["dailyTrends"] == [
        {"day": day.isoformat()}
        | chosen(figures(by_day.get(day, [])), "views", "viewers", "watchHours", "completionRate")
        for day in days
    ]


def test_old_names_answer_the_same_for_one_release(door: Door) -> None:
    both = """{ dashboard(compareTo: PREVIOUS_YEAR) { users viewers views totalUsers activeUsers totalViews
        previous { views totalViews } change { views totalViews } } }"""
    found = door.ask(both, VIEWER)["dashboard"]
    assert found["views"] == len(SESSIONS)
    renamed = {"totalUsers": "users", "activeUsers": "viewers", "totalViews": "views"}
    assert {old: found[old] for old in renamed} == {old: found[new] for old, new in renamed.items()}
    assert found["previous"]["totalViews"] == found["previous"]["views"]
    assert found["change"]["totalViews"] == found["change"]["views"]


@pytest.mark.parametrize("zone", ZONES)
def test_hourly_trends_have_24_local_hours(door: Door, zone: str) -> None:
    document = """query ($range: TimeRange, $zone: TimeZone!) {
        hourlyTrends(range: $range, timeZone: $zone) { hour views viewers watchHours } }"""
    by_hour = grouped(sessions_between(*edges(zone)), lambda one: local(one.start, zone).hour)
    assert door.ask(document, VIEWER, range=RANGE, zone=zone)["hourlyTrends"] == [
        {"hour": hour} | chosen(figures(by_hour.get(hour, [])), "views", "viewers", "watchHours") for hour in range(24)
    ]


@pytest.mark.parametrize("zone", ZONES)
def test_genres_count_a_film_for_its_first_genre(door: Door, zone: str) -> None:
    document = """query ($range: TimeRange, $zone: TimeZone!) {
        genres(range: $range, timeZone: $zone) { genre views viewers watchHours completionRate averageRating } }"""
    by_genre = grouped(sessions_between(*edges(zone)), lambda one: one.film.genre)
    reviews = reviews_between(*edges(zone))
    rows: list[Figures] = [
        {
            "genre": genre,
            **chosen(figures(by_genre.get(genre, [])), "views", "viewers", "watchHours", "completionRate"),
            "averageRating": stars(one for one in reviews if one.film.genre == genre),
        }
        for genre in {*by_genre, *(one.film.genre for one in reviews)}
    ]
    assert {None, "Western"} <= {row["genre"] for row in rows}
    assert door.ask(document, VIEWER, range=RANGE, zone=zone)["genres"] == most_first(rows, "genre")


@pytest.mark.parametrize("zone", ZONES)
def test_devices_count_buffering_where_it_is_known(door: Door, zone: str) -> None:
    document = """query ($range: TimeRange, $zone: TimeZone!) {
        devices(range: $range, timeZone: $zone) { device views viewers watchHours bufferingPerView } }"""
    by_device = grouped(sessions_between(*edges(zone)), lambda one: one.device)
    rows = [
        {"device": device} | chosen(figures(found), "views", "viewers", "watchHours", "bufferingPerView")
        for device, found in by_device.items()
    ]
    assert door.ask(document, VIEWER, range=RANGE, zone=zone)["devices"] == most_first(rows, "device")


@pytest.mark.parametrize("limit", [1, 3, 50])
def test_countries_show_registered_users_beside_viewers(door: Door, limit: int) -> None:
    document = """query ($range: TimeRange, $limit: Int!) {
        countries(range: $range, limit: $limit) { country users viewers views watchHours } }"""
    by_country = grouped(sessions_between(*edges("UTC")), lambda one: one.user.country)
    rows = [
        {
            "country": country,
            "users": sum(one.country == country for one in PEOPLE),
            **chosen(figures(by_country.get(country, [])), "viewers", "views", "watchHours"),
        }
        for country in {one.country for one in PEOPLE}
    ]
    found = door.ask(document, VIEWER, range=RANGE, limit=limit)["countries"]
    assert found == most_first(rows, "country")[:limit]


def film_rows(zone: str) -> list[tuple[Film, Figures]]:
    """Each film that was watched or rated in the range, with its figures."""
    sessions, reviews = sessions_between(*edges(zone)), reviews_between(*edges(zone))
    found = []
    for film in FILMS:
        rated = [one for one in reviews if one.film == film]
        watched = [one for one in sessions if one.film == film]
        if rated or watched:
            row = chosen(figures(watched), "views", "viewers", "watchHours", "completionRate")
            found.append((film, {**row, "averageRating": stars(rated)}))
    return found


@pytest.mark.parametrize(
    ("order", "field"),
    [
        ("VIEWS", "views"),
        ("VIEWERS", "viewers"),
        ("WATCH_HOURS", "watchHours"),
        ("COMPLETION_RATE", "completionRate"),
        ("AVERAGE_RATING", "averageRating"),
    ],
)
def test_top_movies_go_by_the_asked_measure_then_title_then_id(door: Door, order: str, field: str) -> None:
    document = """query ($range: TimeRange, $order: TopMoviesOrder!) {
        topMovies(range: $range, timeZone: "Asia/Kolkata", orderBy: $order) {
            rank movie { id: sourceId title genre } views viewers watchHours completionRate averageRating } }"""
    ordered = sorted(
        film_rows("Asia/Kolkata"),
        key=lambda pair: (pair[1][field] is None, -(pair[1][field] or 0), in_order(pair[0].title), pair[0].id),
    )
    assert door.ask(document, VIEWER, range=RANGE, order=order)["topMovies"] == [
        {"rank": rank, "movie": {"id": film.id, "title": film.title, "genre": film.genre}, **row}
        for rank, (film, row) in enumerate(ordered, start=1)
    ]


def dashboard(start: datetime, end: datetime) -> Figures:
    counted = figures(sessions_between(start, end))
    return {
        "users": len(PEOPLE),
        "viewers": counted["viewers"],
        "views": counted["views"],
        "watchHours": counted["watchHours"],
        "completionRate": counted["completionRate"],
        "averageRating": stars(reviews_between(start, end)),
    }


CARDS = "users viewers views watchHours completionRate averageRating"


@pytest.mark.parametrize("zone", ZONES)
def test_the_dashboard_stands_beside_the_period_before(door: Door, zone: str) -> None:
    document = f"""query ($range: TimeRange, $zone: TimeZone!) {{
        dashboard(range: $range, timeZone: $zone, compareTo: PREVIOUS_PERIOD) {{
            {CARDS} previous {{ {CARDS} }} change {{ {CARDS} }} }} }}"""
    asked = {"from": "2026-03-20", "to": "2026-04-05"}
    starts = [day_start(date.fromisoformat(day), zone) for day in ("2026-03-04", "2026-03-20", "2026-04-05")]
    now, before = dashboard(starts[1], starts[2]), dashboard(starts[0], starts[1])
    change = {
        name: None if not before[name] or now[name] is None else (now[name] - before[name]) / before[name]
        for name in now
    }
    found = door.ask(document, VIEWER, range=asked, zone=zone)["dashboard"]
    assert found == {**now, "previous": before, "change": change}


def test_without_a_range_the_last_90_days_of_data_count(door: Door) -> None:
    found = door.ask(f"{{ dashboard {{ {CARDS} previous {{ views }} }} }}", VIEWER)["dashboard"]
    everything = dashboard(datetime(2026, 1, 11, tzinfo=UTC), datetime(2026, 4, 11, tzinfo=UTC))
    assert everything["views"] == len(SESSIONS)
    assert found == {**everything, "previous": None}


def test_last_days_end_with_the_local_day_of_the_newest_session(door: Door) -> None:
    document = "query ($zone: TimeZone!) { dailyTrends(days: 2, timeZone: $zone) { day } }"
    # The newest session starts at 18:00 UTC on 10 April: in Auckland that is the 11th.
    for zone, days in (("UTC", ["2026-04-09", "2026-04-10"]), ("Pacific/Auckland", ["2026-04-10", "2026-04-11"])):
        assert [row["day"] for row in door.ask(document, VIEWER, zone=zone)["dailyTrends"]] == days


FILTERS: list[tuple[dict[str, Any], Any]] = [
    ({"genre": {"eq": "Drama"}}, lambda one: one.film.genre == "Drama"),
    ({"genre": {"has": "Drama"}}, lambda one: "Drama" in one.film.genres),
    ({"genre": {"in": ["Comedy", "Unknown"]}}, lambda one: one.film.genre in ("Comedy", None)),
    ({"country": {"in": ["DE", "Unknown"]}}, lambda one: one.user.country in ("DE", None)),
    ({"country": {"in": []}}, lambda _: False),
    ({"device": {"eq": "TV"}, "quality": {"eq": "4K"}}, lambda one: (one.device, one.quality) == ("TV", "4K")),
    ({"not": {"device": {"eq": "TV"}}}, lambda one: one.device != "TV"),
    (
        {"or": [{"device": {"eq": "TV"}}, {"country": {"eq": "US"}}]},
        lambda one: one.device == "TV" or one.user.country == "US",
    ),
    ({"or": []}, lambda _: False),
    ({"and": []}, lambda _: True),
    ({"movie": {"in": ["3", FILMS[5].id]}}, lambda one: one.film in (FILMS[2], FILMS[5])),
    ({"movie": {"eq": "no id"}}, lambda _: False),
    (
        {"releaseYear": {"gte": 2000, "lt": 2020}},
        lambda one: one.film.released and 2000 <= one.film.released.year < 2020,
    ),
    ({"hourOfDay": {"gte": 20}}, lambda one: local(one.start, "Asia/Kolkata").hour >= 20),
    ({"dayOfWeek": {"in": [6, 7]}}, lambda one: local(one.start, "Asia/Kolkata").isoweekday() in (6, 7)),
    ({"ageBand": {"eq": "18-24"}}, lambda one: one.user.age in range(18, 25)),
    ({"subscription": {"eq": "Unknown"}}, lambda one: one.user.plan is None),
]


@pytest.mark.parametrize(("where", "test"), FILTERS, ids=[str(where) for where, _ in FILTERS])
def test_filters_choose_the_sessions_that_count(door: Door, where: dict[str, Any], test: Any) -> None:
    document = """query ($range: TimeRange, $where: ViewingFilter) {
        dashboard(range: $range, timeZone: "Asia/Kolkata", where: $where) { views viewers watchHours } }"""
    counted = figures(one for one in sessions_between(*edges("Asia/Kolkata")) if test(one))
    assert door.ask(document, VIEWER, range=RANGE, where=where)["dashboard"] == {
        "views": counted["views"],
        "viewers": counted["viewers"],
        "watchHours": counted["watchHours"],
    }


def test_users_and_ratings_obey_filters_of_users_and_films_but_not_of_sessions(door: Door) -> None:
    document = """query ($range: TimeRange, $where: ViewingFilter) {
        dashboard(range: $range, where: $where) { users averageRating } }"""
    where = {"country": {"eq": "DE"}, "genre": {"eq": "Drama"}, "device": {"eq": "TV"}}
    reviews = [one for one in reviews_between(*edges("UTC")) if one.user.country == "DE" and one.film.genre == "Drama"]
    assert reviews
    assert door.ask(document, VIEWER, range=RANGE, where=where)["dashboard"] == {
        "users": 2,
        "averageRating": stars(reviews),
    }
