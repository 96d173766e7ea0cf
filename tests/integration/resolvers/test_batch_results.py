"""What Spark's jobs computed, as the API tells it: every field's figure, orders, limits, and what is not there."""

from typing import Any

import pytest

from server.answering.published_operations import published
from tests.integration.resolvers.computed import NOBODY, UNWATCHED, ZERO
from tests.integration.resolvers.conftest import ADMIN, ANALYST, VIEWER, Door, without_ids

PATTERN = """value viewers views visits sessionsPerVisit minutesPerVisit bingeRuns bingesPerViewer longestBinge
    dayparts { night morning afternoon evening } devicesPerViewer switchesPerVisit"""


def answered(door: Door, operation: str, token: str, **variables: Any) -> Any:
    """What a published operation's one field answers."""
    (found,) = door.ask(published()[operation].document, token, **variables).values()
    return without_ids(found)


def pattern(value: str | None, *figures: float) -> dict[str, Any]:
    """A row of `viewingPatterns`, its figures in the order of PATTERN."""
    names = PATTERN.replace("{", "").replace("}", "").split()
    row: dict[str, Any] = {"value": value}
    parts: dict[str, float] = {}
    for name, figure in zip((one for one in names[1:] if one != "dayparts"), figures, strict=True):
        (parts if name in ("night", "morning", "afternoon", "evening") else row)[name] = figure
    row["dayparts"] = parts
    return row


def test_everybody_s_pattern_adds_up_everybody(door: Door) -> None:
    (row,) = answered(door, "ViewingPatterns", VIEWER)
    everybody = pattern(
        *(None, 6, 28, 15, 28 / 15, 1_360 / 15, 4, 4 / 6, 4),
        *(6 / 28, 4 / 28, 8 / 28, 10 / 28),
        *(10 / 6, 4 / 15),
    )
    assert row.pop("dayparts") == pytest.approx(everybody.pop("dayparts"))
    assert row == pytest.approx(everybody)


def test_a_segment_s_ratios_are_of_its_sums(door: Door) -> None:
    rows = answered(door, "ViewingPatterns", VIEWER, by="COUNTRY")
    assert rows == [
        pattern("DE", 2, 14, 6, 14 / 6, 120.0, 3, 1.5, 4, 4 / 14, 0.0, 5 / 14, 5 / 14, 2.0, 2 / 6),
        pattern("US", 2, 10, 6, 10 / 6, 90.0, 1, 0.5, 3, 0.2, 0.1, 0.3, 0.4, 1.5, 1 / 6),
        pattern("HU", 1, 1, 1, 1.0, 10.0, 0, 0.0, 0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0),
        pattern(None, 1, 3, 2, 1.5, 45.0, 0, 0.0, 0, 0.0, 1.0, 0.0, 0.0, 2.0, 0.5),
    ]


@pytest.mark.parametrize(
    ("by", "viewers"),
    [
        ("SUBSCRIPTION", {"basic": 2, "premium": 2, "free": 1, None: 1}),
        ("AGE_BAND", {"18-24": 2, "25-34": 2, "under 18": 1, None: 1}),
    ],
)
def test_people_are_told_apart_by_what_is_asked(door: Door, by: str, viewers: dict[str | None, int]) -> None:
    rows = answered(door, "ViewingPatterns", VIEWER, by=by)
    assert [(row["value"], row["viewers"]) for row in rows] == list(viewers.items())


@pytest.mark.parametrize("token", [VIEWER, ADMIN], ids=["viewer", "admin"])
def test_one_user_s_pattern_is_one_row(door: Door, token: str) -> None:
    rows = answered(door, "ViewingPatterns", token, userId=NOBODY)
    assert rows == [pattern(None, 1, 3, 2, 1.5, 45.0, 0, 0.0, 0, 0.0, 1.0, 0.0, 0.0, 2.0, 0.5)]


def test_countries_tell_their_active_viewers_and_the_films_that_reached_most(door: Door) -> None:
    found = answered(door, "Geography", VIEWER)["countries"]
    assert [(row["country"], row["viewers"]) for row in found] == [("US", 5), ("DE", 4), ("HU", 1)]
    assert found[1]["topMovies"] == [
        {
            "rank": 1,
            "movie": {"sourceId": "1", "title": "Dusk", "genre": "Drama"},
            "views": 9,
            "viewers": 3,
            "reach": 0.75,
        },
        {
            "rank": 2,
            "movie": {"sourceId": "2", "title": "Dawn", "genre": "Comedy"},
            "views": 5,
            "viewers": 2,
            "reach": 0.5,
        },
        {
            "rank": 3,
            "movie": {"sourceId": ZERO, "title": "Zero", "genre": "Comedy"},
            "views": 2,
            "viewers": 2,
            "reach": 0.5,
        },
    ]


def test_distances_stand_by_country_and_the_closest_first(door: Door) -> None:
    found = answered(door, "Geography", VIEWER)["distances"]
    assert [(row["country"], row["other"], row["distance"]) for row in found] == [
        *(("DE", "US", 0.25), ("DE", "HU", 0.5), ("HU", "DE", 0.5)),
        *(("HU", "US", 0.75), ("US", "DE", 0.25), ("US", "HU", 0.75)),
    ]


def test_films_that_travel_come_in_their_order_as_many_as_asked(door: Door) -> None:
    found = answered(door, "Geography", VIEWER, limit=1)["travellers"]
    dawn = {"sourceId": "2", "title": "Dawn", "genre": "Comedy"}
    figures = {"home": "US", "countries": 3, "views": 12, "abroadShare": 0.4375, "evenness": 0.875}
    assert found == [{"rank": 1, "movie": dawn, **figures}]
    assert [row["movie"]["sourceId"] for row in answered(door, "Geography", VIEWER)["travellers"]] == ["2", "1", ZERO]


def test_a_user_is_recommended_their_own_films_best_first(door: Door) -> None:
    assert answered(door, "Recommendations", VIEWER, userId="10") == [
        {"rank": 1, "score": 0.875, "byModel": True, "movie": {"sourceId": "3", "title": "Dusk", "genre": "Thriller"}},
        {"rank": 2, "score": 0.5, "byModel": True, "movie": {"sourceId": ZERO, "title": "Zero", "genre": "Comedy"}},
        {"rank": 3, "score": -0.25, "byModel": True, "movie": {"sourceId": "4", "title": "Émigré", "genre": "Drama"}},
    ]
    assert [row["rank"] for row in answered(door, "Recommendations", VIEWER, userId="10", limit=2)] == [1, 2]


def test_who_the_model_does_not_know_gets_the_films_of_their_country_that_they_have_not_met(door: Door) -> None:
    # Dora of DE has watched all films but one; Hal of CA, which has no list, has only rated some.
    assert answered(door, "Recommendations", VIEWER, userId="13") == [
        {
            "rank": 1,
            "score": 0.25,
            "byModel": False,
            "movie": {"sourceId": UNWATCHED, "title": "Unwatched", "genre": "Western"},
        }
    ]
    assert answered(door, "Recommendations", VIEWER, userId="18") == [
        {"rank": 1, "score": 0.5, "byModel": False, "movie": {"sourceId": "3", "title": "Dusk", "genre": "Thriller"}},
        {"rank": 2, "score": 0.375, "byModel": False, "movie": {"sourceId": ZERO, "title": "Zero", "genre": "Comedy"}},
    ]
    assert len(answered(door, "Recommendations", VIEWER, userId="18", limit=1)) == 1


def test_similar_films_are_those_of_the_film_asked(door: Door) -> None:
    assert answered(door, "SimilarMovies", VIEWER, id="1") == [
        {"rank": 1, "similarity": 0.75, "movie": {"sourceId": "3", "title": "Dusk", "genre": "Thriller"}},
        {"rank": 2, "similarity": -0.125, "movie": {"sourceId": "2", "title": "Dawn", "genre": "Comedy"}},
    ]


def test_who_may_leave_comes_by_probability_with_what_it_was_told_from(door: Door) -> None:
    found = answered(door, "ChurnRisk", ANALYST)
    assert [(row["user"]["sourceId"], row["probability"]) for row in found] == [
        ("12", 0.875),
        ("13", 0.875),
        ("10", 0.125),
    ]
    assert found[0]["features"] == [
        {"name": "days_since_last", "value": 21.0, "importance": 0.75},
        {"name": "sessions_30d", "value": 1.0, "importance": 0.25},
    ]
    assert found[1]["features"][1] == {"name": "weekend_share", "value": 0.5, "importance": None}
    assert len(answered(door, "ChurnRisk", ANALYST, limit=1)) == 1


def test_who_may_leave_is_masked_as_the_role_sees_users(door: Door) -> None:
    carl = {"sourceId": "12", "country": "DE", "subscription": "premium", "age": "24", "gender": "male"}
    seen = answered(door, "ChurnRisk", ANALYST)[0]["user"]
    assert seen == {**carl, "username": "c***", "email": "c***@example.com"}
    seen = answered(door, "ChurnRisk", ADMIN)[0]["user"]
    assert seen == {**carl, "username": "carl", "email": "carl@example.com"}


def test_what_was_said_of_later_users_stands_beside_what_became_of_them(door: Door) -> None:
    assert answered(door, "ChurnCalibration", ANALYST) == [
        {"predicted": 0.125, "observed": 0.0, "users": 1},
        {"predicted": 0.875, "observed": 0.5, "users": 2},
    ]


@pytest.mark.parametrize("operation", ["ChurnRisk", "ChurnCalibration", "ModelReports"])
def test_what_is_for_analysts_is_refused_to_viewers(door: Door, operation: str) -> None:
    (error,) = door.answer(published()[operation].document, VIEWER)["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert error["message"].endswith("Use a token of the role analyst.")


def test_the_forecast_comes_by_genre_and_day(door: Door) -> None:
    drama = [
        {"genre": "Drama", "day": "2026-04-11", "views": 10.5, "low": 6.0, "high": 15.0},
        {"genre": "Drama", "day": "2026-04-12", "views": 11.5, "low": 6.25, "high": 17.0},
    ]
    comedy = {"genre": "Comedy", "day": "2026-04-11", "views": 4.0, "low": 1.5, "high": 6.5}
    assert answered(door, "Forecast", VIEWER) == [comedy, *drama]
    assert answered(door, "Forecast", VIEWER, genre="Drama") == drama


def test_alerts_come_newest_first_and_windows_without_one_not_at_all(door: Door) -> None:
    newest = {"start": "2026-04-10T18:00:00Z", "end": "2026-04-10T18:10:00Z"}
    found = answered(door, "QualityAlerts", VIEWER)
    assert found[0] == {
        **newest,
        "device": "Phone",
        "country": "US",
        "views": 20,
        "bufferingPerView": 3.5,
        "usual": 1.25,
    }
    assert found[1] == {
        **newest,
        "device": "TV",
        "country": "DE",
        "views": 10,
        "bufferingPerView": 3.0,
        "usual": 0.5,
    }
    assert [(row["start"][5:16], row["country"]) for row in found[2:]] == [("04-10T17:50", "HU"), ("04-03T00:00", "DE")]


@pytest.mark.parametrize(
    ("asked", "countries"),
    [
        ({"device": "TV"}, ["DE", "HU", "DE"]),
        ({"country": "DE"}, ["DE", "DE"]),
        ({"country": "US", "device": "TV"}, []),
        ({"limit": 2}, ["US", "DE"]),
        ({"device": "Toaster"}, []),
    ],
    ids=str,
)
def test_alerts_are_of_the_device_and_country_asked(door: Door, asked: dict[str, Any], countries: list[str]) -> None:
    assert [row["country"] for row in answered(door, "QualityAlerts", VIEWER, **asked)] == countries


def test_reports_tell_each_model_beside_its_baseline(door: Door) -> None:
    assert [tuple(row.values()) for row in answered(door, "ModelReports", ANALYST)] == [
        ("CHURN", "auc", 0.75, 0.5, 100),
        ("CHURN", "observed_rate", 0.25, None, 100),
        ("FORECAST", "mae", 1.5, 2.0, 28),
        ("RECOMMENDATIONS", "ndcg_at_10", 0.5, 0.25, 40),
    ]


@pytest.mark.parametrize(
    ("operation", "asked"),
    [
        *(("ViewingPatterns", {"userId": identity}) for identity in ("999", "18", "nobody", "", "0x1F", "10 OR 1")),
        *(("Recommendations", {"userId": identity}) for identity in ("999", "11", "' OR 1 --", "-1")),
        *(("SimilarMovies", {"id": identity}) for identity in ("999", "4", "Dusk", str(2**64))),
        *(("Forecast", {"genre": genre}) for genre in ("Western", "drama", "", "Drama' OR '1", "Ünbekannt")),
    ],
    ids=str,
)
def test_what_nobody_has_gives_an_empty_list(door: Door, operation: str, asked: dict[str, Any]) -> None:
    assert answered(door, operation, VIEWER, **asked) == []


LIMITED = {
    "Geography": {},
    "Recommendations": {"userId": "10"},
    "SimilarMovies": {"id": "1"},
    "ChurnRisk": {},
    "QualityAlerts": {},
}


@pytest.mark.parametrize("limit", [0, -1, 1_001, 2**31 - 1])
@pytest.mark.parametrize("operation", LIMITED)
def test_a_limit_that_can_not_be_is_refused(door: Door, operation: str, limit: int) -> None:
    document = published()[operation].document
    body = door.answer(document, ANALYST, **LIMITED[operation], limit=limit)
    (error,) = body["errors"]
    assert error["extensions"]["code"] == "BAD_INPUT"
    assert error["message"] == f"limit is {limit}; allowed are 1 to 1000."


def test_what_is_selected_twice_is_answered_twice_each_with_its_own(door: Door) -> None:
    document = """{ recommendations(userId: "12") { a: movie { id: sourceId } b: movie { title } __typename } }"""
    row = {"a": {"id": "2"}, "b": {"title": "Dawn"}, "__typename": "Recommendation"}
    assert door.ask(document, VIEWER)["recommendations"] == [row]


@pytest.mark.parametrize(
    ("operation", "row"),
    [
        ("Forecast", "Comedy,2026-04-11,4.0,1.5,6.5,2026-04-10T20:00:30Z,2026-04-10T18:00:00Z,true"),
        ("QualityAlerts", "2026-04-10T18:00:00Z,2026-04-10T18:10:00Z,Phone,US,20,3.5,1.25,,,"),
    ],
)
def test_a_list_is_a_file_too(door: Door, operation: str, row: str) -> None:
    assert door.get(f"/api/{operation}", VIEWER, params={"format": "csv"}).text.splitlines()[1] == row
