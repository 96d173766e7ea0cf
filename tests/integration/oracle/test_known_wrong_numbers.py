"""Numbers that were once answered wrong, each as the question that showed it and the literal right answer."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, ClassVar

import pytest

from tests.oracle.api_in_process import Api, served
from tests.oracle.rows import Film, Person, Review, Session, World

pytestmark = pytest.mark.slow

HOUR_S = 3600
RELEASED, UNDATED = Film(1, "A", released=date(2024, 1, 1)), Film(2, "B")
AMERICAN, GERMAN = Person(1, "US"), Person(2, "DE")

# Sessions at noon UTC on a Mobile, users in turn; of the last day's, 10 are of the film with a date, 30 of the other.
SESSIONS_A_DAY = {
    "2023-02-27": 1,
    "2023-02-28": 10,
    "2023-03-01": 100,
    "2024-02-27": 2,
    "2024-02-28": 3,
    "2024-02-29": 5,
    "2024-03-01": 7,
    "2025-02-27": 1,
    "2025-02-28": 1,
    "2026-01-29": 1,
    "2026-02-10": 20,
    "2026-03-10": 40,
}


def instant(text: str) -> int:
    """An instant of UTC, in seconds."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def few_days() -> World:
    """Days of unlike size around leap days and months' ends."""
    sessions = [
        Session(
            id=1000 + 100 * place + number,
            person=(AMERICAN, GERMAN)[number % 2],
            film=UNDATED if day == "2026-03-10" and number >= 10 else RELEASED,
            at=instant(f"{day}T12:00"),
            device="Mobile",
        )
        for place, (day, count) in enumerate(SESSIONS_A_DAY.items())
        for number in range(count)
    ]
    reviews = [
        Review(1, AMERICAN, RELEASED, instant("2026-03-10T12:00"), 100),
        Review(2, GERMAN, UNDATED, instant("2026-03-10T12:00"), 500),
    ]
    return World([RELEASED, UNDATED], [AMERICAN, GERMAN], sessions, reviews)


def hourly() -> World:
    """One session at the start of every hour of three years."""
    hours = range(instant("2023-01-01"), instant("2026-01-01"), HOUR_S)
    return World(
        [RELEASED], [AMERICAN], [Session(place, AMERICAN, RELEASED, at) for place, at in enumerate(hours, start=1)]
    )


@pytest.fixture(scope="class")
def days() -> Iterator[Api]:
    """The API over the few days; a process holds one warehouse at a time, so that each class opens its own."""
    with served(few_days()) as api:
        yield api


@pytest.fixture(scope="class")
def hours() -> Iterator[Api]:
    """The API over one session an hour."""
    with served(hourly()) as api:
        yield api


def viewing(api: Api, arguments: str, selection: str) -> Any:
    return api.ask(f"{{ viewing({arguments}) {{ {selection} }} }}")["viewing"]


class TestComparison:
    """A year or a period earlier, around leap days and months of unlike length."""

    LEAP = 'range: {from: "2024-02-27", to: "2024-02-29"}, compareTo: PREVIOUS_YEAR'

    def test_a_year_before_the_28th_of_a_leap_february_is_the_28th(self, days: Api) -> None:
        found = viewing(days, self.LEAP, "rows { views previous { views } }")
        assert found["rows"] == [{"views": 5, "previous": {"views": 11}}]

    def test_a_year_before_one_day_before_a_leap_day_is_one_day(self, days: Api) -> None:
        day = 'range: {from: "2024-02-28", to: "2024-02-29"}, compareTo: PREVIOUS_YEAR'
        found = viewing(days, day, "rows { views previous { views } }")
        assert found["rows"] == [{"views": 3, "previous": {"views": 10}}]

    def test_instants_are_moved_as_dates_are(self, days: Api) -> None:
        instants = 'range: {from: "2024-02-28T00:00:00Z", to: "2024-02-29T00:00:00Z"}, compareTo: PREVIOUS_YEAR'
        found = viewing(days, instants, "rows { views previous { views } }")
        assert found["rows"] == [{"views": 3, "previous": {"views": 10}}]

    def test_a_leap_day_has_no_day_a_year_before(self, days: Api) -> None:
        around = 'range: {from: "2024-02-28", to: "2024-03-02"}, compareTo: PREVIOUS_YEAR'
        assert viewing(days, around, "rows(by: [DAY]) { day: time views previous { views } }")["rows"] == [
            {"day": "2024-02-28T00:00:00Z", "views": 3, "previous": {"views": 10}},
            {"day": "2024-02-29T00:00:00Z", "views": 5, "previous": {"views": 0}},
            {"day": "2024-03-01T00:00:00Z", "views": 7, "previous": {"views": 100}},
        ]

    @pytest.mark.parametrize(("start", "now", "before"), [("2024-02-27", 5, 11), ("2024-02-28", 3, 10)])
    def test_the_dashboard_moves_its_range_as_viewing_does(self, days: Api, start: str, now: int, before: int) -> None:
        panel = f"""{{ dashboard(range: {{from: "{start}", to: "2024-02-29"}}, compareTo: PREVIOUS_YEAR) {{
            views viewers previous {{ views viewers }} change {{ views }} }} }}"""
        assert days.ask(panel)["dashboard"] == {
            "views": now,
            "viewers": 2,
            "previous": {"views": before, "viewers": 2},
            "change": {"views": pytest.approx((now - before) / before, rel=1e-12)},
        }

    def test_a_row_that_only_the_past_has_counts_towards_the_limit(self, days: Api) -> None:
        arguments = 'range: {from: "2025-02-27", to: "2025-03-01"}, compareTo: PREVIOUS_YEAR'
        rows = "rows(by: [DAY], orderBy: [{field: TIME, direction: DESC}], limit: 2)"
        assert viewing(days, arguments, f"{rows} {{ day: time views previous {{ views }} }}")["rows"] == [
            {"day": "2025-02-28T00:00:00Z", "views": 1, "previous": {"views": 8}},
            {"day": "2025-02-27T00:00:00Z", "views": 1, "previous": {"views": 2}},
        ]

    def test_the_period_before_a_month_is_the_month_before(self, days: Api) -> None:
        march = 'range: {from: "2026-03-01", to: "2026-04-01"}, compareTo: PREVIOUS_PERIOD'
        assert viewing(days, march, "rows(by: [MONTH]) { month: time views previous { views } }")["rows"] == [
            {"month": "2026-03-01T00:00:00Z", "views": 40, "previous": {"views": 20}}
        ]

    def test_a_weekday_beside_a_day_is_the_weekday_of_that_day(self, days: Api) -> None:
        march = 'range: {from: "2026-03-01", to: "2026-04-01"}, compareTo: PREVIOUS_PERIOD'
        rows = viewing(days, march, "rows(by: [DAY, DAY_OF_WEEK]) { day: time dayOfWeek views previous { views } }")[
            "rows"
        ]
        assert rows == [{"day": "2026-03-10T00:00:00Z", "dayOfWeek": 2, "views": 40, "previous": {"views": 20}}]

    def test_the_past_of_a_day_is_in_the_row_of_that_day_whatever_weekday_it_was(self, days: Api) -> None:
        around = 'range: {from: "2024-02-27", to: "2024-03-02"}, compareTo: PREVIOUS_YEAR'
        asked = "rows(by: [DAY, DAY_OF_WEEK, HOUR_OF_DAY]) { day: time dayOfWeek hourOfDay views previous { views } }"
        rows = viewing(days, around, asked)["rows"]
        assert [(row["day"][:10], row["dayOfWeek"], row["views"], row["previous"]["views"]) for row in rows] == [
            ("2024-02-27", 2, 2, 1),
            ("2024-02-28", 3, 3, 10),
            ("2024-02-29", 4, 5, 0),
            ("2024-03-01", 5, 7, 100),
        ]
        assert {row["hourOfDay"] for row in rows} == {12}

    def test_a_past_before_all_data_is_empty(self, days: Api) -> None:
        everything = 'range: {from: "2000-01-01", to: "2026-12-01"}, compareTo: PREVIOUS_PERIOD'
        assert viewing(days, everything, "rows { views previous { views completionRate } change { views } }")[
            "rows"
        ] == [{"views": 191, "previous": {"views": 0, "completionRate": None}, "change": {"views": None}}]

    def test_a_past_before_1970_is_empty(self, days: Api) -> None:
        everything = 'range: {from: "1990-01-01", to: "2026-12-01"}, compareTo: PREVIOUS_PERIOD'
        found = viewing(days, everything, "rows { views previous { views } }")
        assert found["rows"] == [{"views": 191, "previous": {"views": 0}}]


def test_ratings_are_moved_as_sessions_are() -> None:
    given = {"2023-02-27": 100, "2023-02-28": 200, "2023-03-01": 500, "2024-02-28": 300}
    reviews = [
        Review(place, AMERICAN, RELEASED, instant(f"{day}T12:00"), stars)
        for place, (day, stars) in enumerate(given.items(), start=1)
    ]
    watched = [Session(1, AMERICAN, RELEASED, instant("2024-02-28T12:00"))]
    ask = """{ rating(range: {from: "2024-02-27", to: "2024-02-29"}, compareTo: PREVIOUS_YEAR) {
        rows { ratingsCount averageRating previous { ratingsCount averageRating } } } }"""
    with served(World([RELEASED], [AMERICAN], watched, reviews)) as api:
        assert api.ask(ask)["rating"]["rows"] == [
            {
                "ratingsCount": 1,
                "averageRating": 3.0,
                "previous": {"ratingsCount": 2, "averageRating": 1.5},
            }
        ]


def test_a_leap_day_alone_has_an_empty_past() -> None:
    sessions = [Session(place, AMERICAN, RELEASED, instant(at)) for place, at in ((1, "2023-03-01"), (2, "2024-02-29"))]
    reviews = [Review(1, AMERICAN, RELEASED, instant("2023-03-01"), 500)]
    leap_day = 'range: {from: "2024-02-29", to: "2024-03-01"}, compareTo: PREVIOUS_YEAR'
    ask = f"""{{
        viewing({leap_day}) {{ rows {{ views previous {{ views viewers }} }} }}
        rating({leap_day}) {{ rows {{ previous {{ ratingsCount averageRating }} }} }}
        dashboard({leap_day}) {{ views previous {{ views averageRating }} }}
    }}"""
    with served(World([RELEASED], [AMERICAN], sessions, reviews)) as api:
        assert api.ask(ask) == {
            "viewing": {"rows": [{"views": 1, "previous": {"views": 0, "viewers": 0}}]},
            "rating": {"rows": [{"previous": {"ratingsCount": 0, "averageRating": None}}]},
            "dashboard": {"views": 1, "previous": {"views": 0, "averageRating": None}},
        }


def test_an_hour_that_the_past_day_lacks_has_no_past_and_the_next_one_keeps_its_own() -> None:
    # São Paulo's clock went from 00:00 to 01:00 on 2014-10-19: 01:10 then is beside 01:10 now.
    starts = ("2014-10-19T03:10", "2015-10-19T03:10")
    sessions = [Session(place, AMERICAN, RELEASED, instant(at)) for place, at in enumerate(starts, start=1)]
    day = 'range: {from: "2015-10-19", to: "2015-10-20"}, timeZone: "America/Sao_Paulo", compareTo: PREVIOUS_YEAR'
    with served(World([RELEASED], [AMERICAN], sessions)) as api:
        for grain in ("HOUR", "QUARTER_HOUR"):
            assert viewing(api, day, f"rows(by: [{grain}]) {{ time views previous {{ views }} }}")["rows"] == [
                {"time": "2015-10-19T01:00:00-02:00", "views": 1, "previous": {"views": 1}}
            ]


class TestTop:
    """A missing value is a value of its own, never the others."""

    TENTH = 'range: {from: "2026-03-10", to: "2026-03-11"}'
    DATED: ClassVar = {"releaseYear": 2024, "isOthers": False, "views": 10}
    MISSING: ClassVar = {"releaseYear": None, "isOthers": False, "views": 30}

    @pytest.mark.parametrize("others", ["", ", others: false"])
    def test_a_missing_value_among_the_top_is_itself(self, days: Api, others: str) -> None:
        rows = self.years(days, f"top: {{n: 5, by: VIEWERS{others}}}")
        assert rows == [self.DATED, self.MISSING]

    def test_a_missing_value_may_be_the_top_one(self, days: Api) -> None:
        rows = self.years(days, "top: {n: 1, by: VIEWS}, orderBy: [{field: VIEWS, direction: DESC}]")
        assert rows == [self.MISSING, {"releaseYear": None, "isOthers": True, "views": 10}]

    def test_without_others_the_missing_top_value_stays(self, days: Api) -> None:
        assert self.years(days, "top: {n: 1, by: VIEWS, others: false}") == [self.MISSING]

    def years(self, days: Api, arguments: str) -> Any:
        """The rows by the year of release."""
        asked = f"rows(by: [RELEASE_YEAR], {arguments}) {{ releaseYear isOthers views }}"
        return viewing(days, self.TENTH, asked)["rows"]


class TestFiltersAcrossFacts:
    """A test that a fact can't evaluate never narrows it, wherever in the filter it stands."""

    RANGE = 'range: {from: "2026-03-10", to: "2026-03-11"}'
    EITHER = 'where: {or: [{device: {eq: "Mobile"}}, {country: {eq: "US"}}]}'

    def test_users_and_ratings_are_not_narrowed_by_the_device(self, days: Api) -> None:
        panel = f"{{ dashboard({self.RANGE}, {self.EITHER}) {{ users views averageRating }} }}"
        assert days.ask(panel)["dashboard"] == {"users": 2, "views": 40, "averageRating": 3.0}

    def test_under_not_it_does_not_narrow_either(self, days: Api) -> None:
        where = 'where: {not: {device: {eq: "Mobile"}}}'
        panel = f"{{ dashboard({self.RANGE}, {where}) {{ users views averageRating }} }}"
        assert days.ask(panel)["dashboard"] == {"users": 2, "views": 0, "averageRating": 3.0}

    def test_what_a_fact_knows_narrows_it_beside_what_it_does_not(self, days: Api) -> None:
        where = 'where: {not: {or: [{device: {eq: "Desktop"}}, {country: {eq: "US"}}]}}'
        panel = f"{{ dashboard({self.RANGE}, {where}) {{ users views averageRating }} }}"
        assert days.ask(panel)["dashboard"] == {"users": 1, "views": 20, "averageRating": 5.0}

    def test_registered_users_of_countries(self, days: Api) -> None:
        panel = f"{{ countries({self.RANGE}, {self.EITHER}) {{ country users views }} }}"
        assert sorted(days.ask(panel)["countries"], key=lambda row: str(row["country"])) == [
            {"country": "DE", "users": 1, "views": 20},
            {"country": "US", "users": 1, "views": 20},
        ]

    def test_mean_ratings_of_genres(self, days: Api) -> None:
        panel = f"{{ genres({self.RANGE}, {self.EITHER}) {{ views averageRating }} }}"
        assert days.ask(panel)["genres"] == [{"views": 40, "averageRating": 3.0}]

    def test_films_of_the_catalogue(self, days: Api) -> None:
        where = 'where: {or: [{device: {eq: "Mobile"}}, {releaseYear: {eq: 2024}}]}'
        found = viewing(days, f"{self.RANGE}, {where}", "rows { views catalogueTitles } totals { catalogueTitles }")
        assert found == {"rows": [{"views": 40, "catalogueTitles": 2}], "totals": {"catalogueTitles": 2}}


# Zone, range, grain, and the hours that lie in each bucket.
BUCKETS = {
    "September and October": ("UTC", "2025-09-01", "2025-11-01", "MONTH", [720, 744]),
    "February and March": ("UTC", "2025-02-01", "2025-04-01", "MONTH", [672, 744]),
    "March and April": ("UTC", "2024-03-01", "2024-05-01", "MONTH", [744, 720]),
    "the first two quarters": ("UTC", "2024-01-01", "2024-07-01", "QUARTER", [2184, 2184]),
    "the first two quarters of a common year": ("UTC", "2025-01-01", "2025-07-01", "QUARTER", [2160, 2184]),
    "a common and a leap year": ("UTC", "2023-01-01", "2025-01-01", "YEAR", [8760, 8784]),
    "the days around the end of summer time in Berlin": (
        *("Europe/Berlin", "2025-10-25", "2025-10-27", "DAY"),
        [24, 25],
    ),
    "the days around its start": ("Europe/Berlin", "2025-03-29", "2025-03-31", "DAY", [24, 23]),
    "the days around the end of summer time in New York": (
        *("America/New_York", "2025-11-01", "2025-11-03", "DAY"),
        [24, 25],
    ),
}


class TestBuckets:
    """One session an hour: two buckets of unlike length hold the hours that they have."""

    @pytest.mark.parametrize("case", BUCKETS)
    def test_every_session_is_in_its_bucket(self, hours: Api, case: str) -> None:
        zone, start, end, grain, expected = BUCKETS[case]
        arguments = f'range: {{from: "{start}", to: "{end}"}}, timeZone: "{zone}"'
        found = viewing(hours, arguments, f"rows(by: [{grain}]) {{ bucket: time views }} totals {{ views }}")
        assert [row["views"] for row in found["rows"]] == expected
        assert found["totals"] == {"views": sum(expected)}

    def test_a_trend_by_day_has_the_hour_that_comes_twice(self, hours: Api) -> None:
        trend = """{ dailyTrends(range: {from: "2025-10-25", to: "2025-10-27"}, timeZone: "Europe/Berlin") {
            day views } }"""
        assert hours.ask(trend)["dailyTrends"] == [
            {"day": "2025-10-25", "views": 24},
            {"day": "2025-10-26", "views": 25},
        ]


def test_what_was_not_said_and_what_was_said_to_be_unknown_are_one_group_of_null() -> None:
    devices = ("TV", None, "Unknown", None)
    sessions = [
        Session(place, AMERICAN, UNDATED, instant("2026-03-10T12:00"), device=device)
        for place, device in enumerate(devices, start=1)
    ]
    day = 'range: {from: "2026-03-10", to: "2026-03-11"}'
    ask = f"""{{
        grouped: viewing({day}) {{ rows(by: [DEVICE]) {{ device views }} }}
        unknown: viewing({day}, where: {{device: {{eq: "Unknown"}}}}) {{ totals {{ views }} }}
        known: viewing({day}, where: {{not: {{device: {{in: ["Unknown"]}}}}}}) {{ totals {{ views }} }}
        noFilm: viewing({day}, where: {{genre: {{has: "Unknown"}}, director: {{eq: "Unknown"}}}}) {{
            rows(by: [GENRE, DIRECTOR]) {{ genre director views }}
        }}
        devices({day}) {{ device views }}
        genres({day}) {{ genre views }}
        quality(by: QUALITY, {day}) {{ value views }}
    }}"""
    with served(World([UNDATED], [AMERICAN], sessions)) as api:
        assert api.ask(ask) == {
            "grouped": {"rows": [{"device": "TV", "views": 1}, {"device": None, "views": 3}]},
            "unknown": {"totals": {"views": 3}},
            "known": {"totals": {"views": 1}},
            "noFilm": {"rows": [{"genre": None, "director": None, "views": 4}]},
            "devices": [{"device": None, "views": 3}, {"device": "TV", "views": 1}],
            "genres": [{"genre": None, "views": 4}],
            "quality": [{"value": None, "views": 4}],
        }


def test_titles_stand_where_people_look_for_them() -> None:
    titles = ("Zebra", "apple", "Ångström", "éclair", "Beta", "10 Days", "beta", "Beta")
    films = [Film(number, title) for number, title in enumerate(titles, start=1)]
    watched = [Session(film.id, AMERICAN, film, instant("2026-03-10T12:00")) for film in films]
    day = 'range: {from: "2026-03-10", to: "2026-03-11"}'
    ask = f"""{{
        up: viewing({day}) {{ rows(by: [MOVIE]) {{ movie {{ id: sourceId title }} }} }}
        down: viewing({day}) {{
            rows(by: [MOVIE], orderBy: [{{field: MOVIE, direction: DESC}}]) {{ movie {{ id: sourceId title }} }}
        }}
        topMovies({day}) {{ rank movie {{ id: sourceId title }} }}
    }}"""
    expected = ["10 Days", "Ångström", "apple", "Beta", "Beta", "beta", "éclair", "Zebra"]
    with served(World(films, [AMERICAN], watched)) as api:
        found = api.ask(ask)
    for name, order in (("up", expected), ("down", expected[::-1])):
        assert [row["movie"]["title"] for row in found[name]["rows"]] == order
    assert [row["movie"]["title"] for row in found["topMovies"]] == expected
    assert [row["movie"]["id"] for row in found["topMovies"]][3:6] == ["5", "8", "7"]
