"""`/api/viewing` and `/api/rating`: any question in parameters is the document that it stands for."""

import csv
import io

import pytest

from schema.roles import Role
from server.identity.principal import Grant
from tests.integration.resolvers.conftest import ADMIN, VIEWER, Door, token_of

GERMANY = token_of(Role.ANALYST, {"country": ("DE",)})

# Parameters, and the document by hand.
ASKED = {
    "totals": ({"measures": "views"}, "{ viewing { rows { views } } }"),
    "empty lists": ({"measures": "views", "by": ""}, "{ viewing { rows { views } } }"),
    "two dimensions": (
        {"measures": "views,viewers", "by": "day,genre", "last": "P3D", "timeZone": "Asia/Kolkata"},
        '{ viewing(range: {last: "P3D"}, timeZone: "Asia/Kolkata") { rows(by: [DAY, GENRE]) { time genre views viewers '
        "} } }",
    ),
    "names in any case": (
        {"measures": "WATCH_HOURS,watchMinutesP50", "by": "AGE_BAND,hourofday", "timezone": "UTC"},
        "{ viewing { rows(by: [AGE_BAND, HOUR_OF_DAY]) { ageBand hourOfDay watchHours watchMinutesP50 } } }",
    ),
    "films": (
        {"measures": "views", "by": "movie", "orderBy": "-views,movie", "limit": "3"},
        "{ viewing { rows(by: [MOVIE], limit: 3, orderBy: [{field: VIEWS, direction: DESC}, {field: MOVIE}]) "
        "{ movie { sourceId title } views } } }",
    ),
    "conditions": (
        {"measures": "views", "by": "device", "where": "country:DE,US;releaseYear:2001"},
        '{ viewing(where: {country: {in: ["DE", "US"]}, releaseYear: {eq: 2001}}) { rows(by: [DEVICE]) { device views '
        "} } }",
    ),
    "a filter as JSON": (
        {"measures": "views", "where": '{"not": {"country": {"eq": "DE"}}}', "having": '{"views": {"gte": 1}}'},
        '{ viewing(where: {not: {country: {eq: "DE"}}}) { rows(having: {views: {gte: 1}}) { views } } }',
    ),
    "a comparison": (
        {"measures": "views", "by": "country", "last": "P7D", "compareTo": "previousPeriod"},
        '{ viewing(range: {last: "P7D"}, compareTo: PREVIOUS_PERIOD) { rows(by: [COUNTRY]) { country views '
        "previous { views } change { views } } } }",
    ),
    "the top and all others": (
        {"measures": "viewers", "by": "country", "top": "1"},
        "{ viewing { rows(by: [COUNTRY], top: {n: 1, by: VIEWERS}) { country viewers isOthers } } }",
    ),
    "every bucket": (
        {"measures": "views", "by": "week,month", "from": "2026-01-01", "to": "2026-03-01", "fill": "false"},
        '{ viewing(range: {from: "2026-01-01", to: "2026-03-01"}) { rows(by: [WEEK, MONTH]) { week: time(grain: WEEK) '
        "month: time(grain: MONTH) views } } }",
    ),
    "an attribute": (
        {"measures": "views", "by": "device,attribute.app.version"},
        '{ viewing { rows(by: [DEVICE], attributes: ["app.version"]) { device attribute(path: "app.version") views '
        "} } }",
    ),
}


@pytest.mark.parametrize("token", [ADMIN, VIEWER, GERMANY], ids=["admin", "viewer", "germany"])
@pytest.mark.parametrize(("parameters", "document"), ASKED.values(), ids=ASKED)
def test_parameters_are_the_document(door: Door, parameters: dict[str, str], document: str, token: str) -> None:
    response = door.get("/api/viewing", token, params=parameters)
    assert response.status_code == 200, response.text
    expected, found = door.answer(document, token), response.json()
    assert found["data"] == expected["data"]
    assert [one["message"] for one in found.get("errors", ())] == [one["message"] for one in expected.get("errors", ())]


def test_ratings_are_asked_alike(door: Door) -> None:
    response = door.get("/api/rating", VIEWER, params={"measures": "averageRating,ratingsCount", "by": "genre"})
    document = "{ rating { rows(by: [GENRE]) { genre averageRating ratingsCount } } }"
    assert response.json()["data"] == door.ask(document, VIEWER)


def test_the_rows_are_a_file(door: Door) -> None:
    parameters = {"measures": "views", "by": "country", "format": "csv", "raw": "true"}
    rows = list(csv.DictReader(io.StringIO(door.get("/api/viewing", VIEWER, params=parameters).text)))
    shown = door.ask("{ viewing { rows(by: [COUNTRY]) { country views } } }", VIEWER)["viewing"]["rows"]
    assert rows == [{"country": one["country"] or "", "views": str(one["views"])} for one in shown]


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({}, "No measures. Add measures=views"),
        ({"measures": " , "}, "No measures."),
        ({"measures": "viewrs"}, "no measure 'viewrs'. Did you mean viewers?"),
        ({"measures": "id"}, "no measure 'id'."),
        ({"measures": "views } }"}, "no measure 'views } }'."),
        ({"measures": "views", "by": "countries"}, "no dimension 'countries'. Did you mean country?"),
        ({"measures": "views", "group": "country"}, "no parameter 'group'."),
        ({"measures": "views", "limit": "ten"}, "limit is 'ten', expected a whole number."),
        ({"measures": "views", "limit": "-1"}, "limit"),
        ({"measures": "views", "fill": "yes"}, "fill is 'yes', expected true or false."),
        ({"measures": "views", "where": "country"}, "where is 'country', expected conditions"),
        ({"measures": "views", "where": "contry:DE"}, "no filter 'contry'. Did you mean country?"),
        ({"measures": "views", "where": "country:DE;country:US"}, "where has country twice."),
        ({"measures": "views", "where": "releaseYear:old"}, "releaseYear is 'old', expected a whole number."),
        ({"measures": "views", "where": "{"}, "where is not valid JSON"),
        ({"measures": "views", "last": "P7D", "range": '{"last": "P1D"}'}, "Give either range or last, not both."),
        ({"measures": "views", "last": "7 days"}, "7 days"),
        ({"measures": "views", "timeZone": "Mars"}, "Mars"),
        ({"measures": "views", "timeZone": "UTC", "time_zone": "UTC"}, "The parameter timeZone is given twice."),
        ({"measures": "views", "compareTo": "yesterday"}, "YESTERDAY"),
        ({"measures": "views", "orderBy": "-country"}, "orderBy"),
        ({"measures": "views", "format": "pdf"}, "format is 'pdf'."),
    ],
)
def test_what_is_not_understood_is_said_with_what_there_is(door: Door, parameters: dict[str, str], said: str) -> None:
    response = door.get("/api/viewing", VIEWER, params=parameters)
    assert "data" not in response.json() or response.json()["data"] is None or response.json()["errors"]
    assert said in response.json()["errors"][0]["message"]


def test_attributes_are_of_sessions_only(door: Door) -> None:
    response = door.get("/api/rating", VIEWER, params={"measures": "ratingsCount", "by": "attribute.app"})
    assert "rating has no dimension 'attribute.app'" in response.json()["errors"][0]["message"]


def test_a_token_for_named_operations_asks_nothing_else(door: Door) -> None:
    embed = token_of(Role.EMBED, grant=Grant(("Devices",)))
    response = door.get("/api/viewing", embed, params={"measures": "views"})
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (403, "FORBIDDEN")
    assert door.get("/api/viewing", params={"measures": "views"}).status_code == 401
