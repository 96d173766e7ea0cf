"""Bad input: whatever comes, a GraphQL error with a code and a sentence; never a 500, never a word of SQL."""

import re
from typing import Any

import pytest

from schema.roles import Role
from tests.integration.resolvers.conftest import ADMIN, VIEWER, Door, bearer, says_nothing, token_of
from tests.integration.resolvers.world import SESSIONS

DOCUMENT = "{ viewer { role } }"
# What must not reach a client: SQL, paths, tracebacks.
LEAKS = re.compile(r"SELECT |FROM |Traceback|\.py\b|/tmp|Exception|DB::", re.IGNORECASE)


def checked(response: Any, status: int, code: str) -> str:
    """The one error's sentence, once its form is right."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"].startswith(("application/json", "application/graphql-response+json"))
    body = response.json()
    assert says_nothing(body.get("data"))
    (error,) = body["errors"]
    assert error["extensions"]["code"] == code, error
    message: str = error["message"]
    assert message.count(" ") >= 2
    assert not LEAKS.search(message), message
    return message


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic YWRtaW46YWRtaW4=",
        "Bearer x",
        "Bearer " + "x" * 5_000,
        f"Bearer {token_of(Role.ADMIN, secret=bytes(32))}",
        f"bearer{ADMIN}",
    ],
)
@pytest.mark.parametrize("path", ["/graphql", "/api/Dashboard"])
def test_no_token_or_a_foreign_one_is_401_and_names_the_scheme(door: Door, header: str | None, path: str) -> None:
    headers = {} if header is None else {"Authorization": header}
    method = "POST" if path == "/graphql" else "GET"
    response = door.request(method, path, headers=headers, json={"query": DOCUMENT})
    checked(response, 401, "UNAUTHENTICATED")
    assert response.headers["www-authenticate"].startswith('Bearer realm="marquee"')


def test_a_token_that_only_writes_is_403(door: Door) -> None:
    checked(door.post({"query": DOCUMENT}, token_of(Role.INGEST)), 403, "FORBIDDEN")


def test_a_token_whose_scope_can_not_be_evaluated_is_403(door: Door) -> None:
    checked(door.post({"query": DOCUMENT}, token_of(Role.ADMIN, {"planet": ("Mars",)})), 403, "FORBIDDEN")


ARGUMENTS = [
    ("dailyTrends(days: 0) { day }", "days is 0"),
    ("dailyTrends(days: -1) { day }", "days is -1"),
    ("dailyTrends(days: 100000) { day }", "days is 100000"),
    ('dailyTrends(days: 3, range: {last: "P3D"}) { day }', "not both"),
    ('dailyTrends(timeZone: "Mars/Olympus") { day }', "Mars/Olympus"),
    ('dailyTrends(timeZone: "") { day }', "zone"),
    ('dailyTrends(timeZone: "../../etc/passwd") { day }', "zone"),
    ('dailyTrends(timeZone: "/etc/localtime") { day }', "zone"),
    ('dashboard(range: {from: "2026-03-02", to: "2026-03-01"}) { views }', "2026-03-0"),
    ('dashboard(range: {from: "2026-03-02", to: "2026-03-02"}) { views }', "2026-03-02"),
    ('dashboard(range: {from: "2026-03-02"}) { views }', "either"),
    ('dashboard(range: {to: "2026-03-02"}) { views }', "either"),
    ("dashboard(range: {}) { views }", "either"),
    ('dashboard(range: {last: "P1D", from: "2026-03-02", to: "2026-03-03"}) { views }', "either"),
    ('dashboard(range: {last: "30 days"}) { views }', "30 days"),
    ('dashboard(range: {last: "P0D"}) { views }', "P0D"),
    ('dashboard(range: {last: "-P1D"}) { views }', "-P1D"),
    ('dashboard(range: {last: "P99999999999D"}) { views }', "P99999999999D"),
    ('dashboard(range: {last: "PT1H"}) { views }', "PT1H"),
    ('dashboard(range: {last: ""}) { views }', ""),
    ('dashboard(range: {from: "yesterday", to: "2026-03-02"}) { views }', "yesterday"),
    ('dashboard(range: {from: "2026-02-30", to: "2026-03-02"}) { views }', "2026-02-30"),
    ('dashboard(range: {from: "2026-03-01T10:00", to: "2026-03-02"}) { views }', "no offset"),
    ('dashboard(range: {from: "0001-01-01", to: "2026-03-02"}) { views }', "1990"),
    ('dashboard(range: {from: "2026-03-01", to: "9999-12-31"}) { views }', "2100"),
    ("topMovies(limit: 100000000) { rank }", "limit is 100000000"),
    ("topMovies(limit: 0) { rank }", "limit is 0"),
    ("countries(limit: -5) { country }", "limit is -5"),
    ("viewing { rows(limit: 0) { views } }", "limit is 0"),
    ('viewing(range: {last: "P50Y"}) { rows(by: [QUARTER_HOUR]) { time(grain: QUARTER_HOUR) views } }', "QUARTER_HOUR"),
    ('rankings(start: "2026-13-01") { rank }', "2026-13-01"),
    ("rankings(limit: 100000) { rank }", "limit is 100000"),
    ("rankings(by: GENRE) { rank }", "value"),
]


@pytest.mark.parametrize(("field", "said"), ARGUMENTS, ids=[field for field, _ in ARGUMENTS])
def test_an_argument_that_can_not_be_is_refused_in_a_sentence(door: Door, field: str, said: str) -> None:
    message = checked(door.post({"query": f"{{ {field} }}"}, VIEWER), 200, "BAD_INPUT")
    assert said in message
    assert message.endswith((".", "?", ")")), message


SYNTAX, VALIDATION, ARGUMENT = "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "BAD_INPUT"
DOCUMENTS = [
    ("{", SYNTAX),
    ("}", SYNTAX),
    ("{ viewer { role }", SYNTAX),
    ("{ viewer }", VALIDATION),
    ("{ nothing }", VALIDATION),
    ("query ($a: Int) { viewer { role } }", VALIDATION),
    ('query ($a: Int = "x") { dailyTrends(days: $a) { day } }', VALIDATION),
    ("query ($a: String) { dailyTrends(days: $a) { day } }", VALIDATION),
    ("{ dailyTrends(days: $a) { day } }", VALIDATION),
    ("{ dailyTrends(weeks: 1) { day } }", VALIDATION),
    ("{ viewer { role } } { viewer { role } }", ARGUMENT),
    ("{ ...Missing }", VALIDATION),
    ("{ ...A } fragment A on Query { ...A }", ARGUMENT),
    ("{ dailyTrends(days: 2147483648) { day } }", ARGUMENT),
    ('{ dailyTrends(days: "7") { day } }', ARGUMENT),
    ("{ dailyTrends(days: 1.5) { day } }", ARGUMENT),
    ("{ viewing { rows(orderBy: [{field: NOTHING}]) { views } } }", ARGUMENT),
    ("{ dashboard(where: {colour: {eq: 1}}) { views } }", ARGUMENT),
    ("mutation { viewer { role } }", VALIDATION),
    ("subscription { viewer { role } }", ARGUMENT),
    ("type Query { a: Int }", ARGUMENT),
    ('{ viewer { role @include(if: "yes") } }', ARGUMENT),
    ("\ufeff\x00", SYNTAX),
    ("é", SYNTAX),
]


@pytest.mark.parametrize(("document", "code"), DOCUMENTS, ids=[document for document, _ in DOCUMENTS])
def test_a_document_that_can_not_run_is_refused_by_kind(door: Door, document: str, code: str) -> None:
    response = door.post({"query": document}, VIEWER)
    assert response.status_code == 200
    body = response.json()
    assert "data" not in body
    assert {error["extensions"]["code"] for error in body["errors"]} == {code}
    assert not [error for error in body["errors"] if LEAKS.search(error["message"])]


@pytest.mark.parametrize(
    ("document", "argument", "value"),
    [
        ('{ dashboard(where: {}, timeZone: "Mars/Olympus") { views } }', "timeZone", '"Mars/Olympus"'),
        ('{ dashboard(range: {last: "30 days"}) { views } }', "range", '"30 days"'),
        ('{ dashboard(range: {from: "2026-03-02", to: "2026-03-01"}) { views } }', "range", "{from"),
        ('{ viewing(asOf: "2026-02-30") { totals { views } } }', "asOf", '"2026-02-30"'),
        ("{ viewer { role } trends: dailyTrends(days: 0) { day } }", "days", "0"),
        ('{ dailyTrends(days: "7") { day } }', "days", '"7"'),
        ("{ viewing { rows(by: [COUNTRY], limit: 0) { views } } }", "limit", "0"),
        ("{ viewing { rows(by: [COUNTRY], fill: true) { views } } }", "fill", "true"),
        ("{ viewing { rows(by: [COUNTRY], top: {n: 0, by: VIEWS}) { views } } }", "top", "{n"),
        ("{ viewing { rows(by: [DAY], top: {n: 3, by: VIEWS}) { views } } }", "top", "{n"),
        ("{ viewing { rows(by: [COUNTRY]) { device views } } }", "by", "[COUNTRY]"),
        ("{ viewing { rows(by: [COUNTRY], orderBy: [{field: DEVICE}]) { views } } }", "orderBy", "[{field"),
        ('{ dashboard(where: {or: [{country: {eq: "France"}}]}) { views } }', "where", "{or"),
        ("{ dashboard(where: {colour: {eq: 1}}) { views } }", "where", "colour"),
        ("{ movies(first: -1) { nodes { id } } }", "first", "-1"),
        ('{ movies(after: "nowhere") { nodes { id } } }', "after", '"nowhere"'),
        ("query ($range: TimeRange) { dashboard(range: $range) { views } }", "range", "$range) {"),
        ("query ($days: Int) {\n  ...on Query { dailyTrends(days: $days) { day } } }", "days", "$days) {"),
    ],
)
def test_the_argument_that_is_wrong_is_named_and_the_error_stands_at_its_value(
    door: Door, document: str, argument: str, value: str
) -> None:
    response = door.post({"query": document, "variables": {"range": {}, "days": 0}}, VIEWER)
    (error,) = response.json()["errors"]
    assert (error["extensions"]["code"], error["extensions"].get("argument")) == (ARGUMENT, argument), error
    before = document[: document.index(value)]
    assert error["locations"] == [{"line": before.count("\n") + 1, "column": len(before.rpartition("\n")[2]) + 1}]


def test_the_variable_that_is_wrong_is_named(door: Door) -> None:
    document = "query ($days: Int) { dailyTrends(days: $days) { day } }"
    (error,) = door.post({"query": document, "variables": {"days": "seven"}}, VIEWER).json()["errors"]
    assert error["extensions"] == {"code": ARGUMENT, "variable": "days"}
    assert error["locations"] == [{"line": 1, "column": 8}]


def test_an_operation_that_the_document_lacks_is_named(door: Door) -> None:
    body = {"query": "query A { viewer { role } }", "operationName": "B"}
    assert "no operation called B" in checked(door.post(body, VIEWER), 200, "BAD_INPUT")


@pytest.mark.parametrize(
    "variables",
    [
        {"days": "seven"},
        {"days": 1.5},
        {"days": True},
        {"days": [7]},
        {"days": 2**31},
        {"range": "P7D"},
        {"range": {"last": 7}},
        {"range": {"until": "2026-03-01"}},
        {"timeZone": None},
        {"timeZone": 5},
        {"where": {"country": "US"}},
        {"where": {"country": {"in": [None]}}},
        {"where": {"releaseYear": {"eq": "2001"}}},
    ],
    ids=str,
)
def test_variables_of_another_type_are_refused(door: Door, variables: dict[str, Any]) -> None:
    document = """query ($days: Int, $range: TimeRange, $timeZone: TimeZone! = "UTC", $where: ViewingFilter) {
        dailyTrends(days: $days, range: $range, timeZone: $timeZone, where: $where) { day } }"""
    message = checked(door.post({"query": document, "variables": variables}, VIEWER), 200, "BAD_INPUT")
    assert f"${next(iter(variables))}" in message


BODIES = [
    (b'"x"', "not a JSON object"),
    (b"123", "not a JSON object"),
    (b"null", "not a JSON object"),
    (b"[]", "Batches are not supported"),
    (b'[{"query": "{ viewer { role } }"}]', "Batches are not supported"),
    (b"[" * 100_000, "not valid JSON"),
    (b'{"a":' * 100_000, "not valid JSON"),
    (b'{"query": "' + b"{" * 100_000 + b'"}', ""),
    (b"\xff\xfe", "not valid JSON"),
    (b'{"query": "\xff"}', "not valid JSON"),
    (b"", "not valid JSON"),
    (b"{", "not valid JSON"),
    (b"{}", "There is no document"),
    (b'{"query": ""}', "There is no document"),
    (b'{"query": null}', "There is no document"),
    (b'{"query": 5}', "`query` is not a text"),
    (b'{"query": "{ viewer { role } }", "variables": []}', "`variables` is not an object"),
    (b'{"query": "{ viewer { role } }", "variables": "{}"}', "`variables` is not an object"),
    (b'{"query": "{ viewer { role } }", "operationName": 7}', "`operationName` is not a text"),
    (b'{"query": NaN}', "not valid JSON"),
]


@pytest.mark.parametrize(("body", "said"), BODIES, ids=[repr(body[:40]) for body, _ in BODIES])
def test_a_body_of_another_form_is_refused(door: Door, body: bytes, said: str) -> None:
    headers = bearer(VIEWER) | {"Content-Type": "application/json"}
    response = door.request("POST", "/graphql", content=body, headers=headers)
    assert said in checked(response, 200 if not said else 400, "BAD_INPUT")


def test_a_body_that_is_too_large_is_413(door: Door) -> None:
    body = b'{"query": "' + b" " * (1 << 20) + b'{ viewer { role } }"}'
    headers = bearer(VIEWER) | {"Content-Type": "application/json"}
    checked(door.request("POST", "/graphql", content=body, headers=headers), 413, "BAD_INPUT")


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ";"])
def test_another_content_type_is_refused_before_the_body_is_read(door: Door, kind: str | None) -> None:
    headers = bearer(VIEWER) | ({} if kind is None else {"Content-Type": kind})
    response = door.request("POST", "/graphql", content=b'{"query": "{ viewer { role } }"}', headers=headers)
    assert "Content-Type: application/json" in checked(response, 400, "BAD_INPUT")


def test_get_runs_no_mutation(door: Door) -> None:
    response = door.get("/graphql", VIEWER, params={"query": "mutation { viewer { role } }"})
    assert response.status_code == 405
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_INPUT"


def test_variables_of_get_are_json(door: Door) -> None:
    response = door.get("/graphql", VIEWER, params={"query": DOCUMENT, "variables": "{broken"})
    checked(response, 400, "BAD_INPUT")


@pytest.mark.parametrize("method", ["PATCH", "PROPFIND"])
def test_other_methods_are_405(door: Door, method: str) -> None:
    assert door.request(method, "/graphql", headers=bearer(VIEWER)).status_code == 405


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/api/Nothing", "There is no operation Nothing. Published: "),
        ("/api/DailyTrends?colour=red", "DailyTrends has no variable colour"),
        ("/api/DailyTrends?days=seven", "days is 'seven'"),
        ("/api/DailyTrends?days=1&days=2", "given twice"),
        ("/api/DailyTrends?range=%7Bbroken", "range is"),
        ("/api/DailyTrends?timeZone=Mars", "There is no time zone 'Mars'"),
        ("/api/DailyTrends?format=xml", "Use one of: json, csv, ndjson, parquet, arrow, xlsx"),
    ],
)
def test_a_published_operation_names_what_is_wrong_with_its_variables(door: Door, path: str, said: str) -> None:
    assert said in checked(door.get(path, VIEWER), 400, "BAD_INPUT")


def test_200_tests_are_answered_and_more_are_refused(door: Door) -> None:
    document = "query ($w: ViewingFilter) { dashboard(where: $w) { views } }"
    tests = [{"country": {"eq": "US"}}]
    assert door.ask(document, VIEWER, w={"or": tests * 200})["dashboard"]["views"] > 0
    response = door.post({"query": document, "variables": {"w": {"or": tests * 201}}}, VIEWER)
    assert "more than 200 conditions" in checked(response, 200, "BAD_INPUT")


def test_texts_of_filters_are_values_never_sql(door: Door) -> None:
    document = "query ($v: String!) { dashboard(where: {device: {eq: $v}}) { views } }"
    for value in ("' OR 1=1 --", "{p0:String}", "\\'; DROP TABLE users; --", "\x00", "%s", "TV\n", "😀" * 1_000):
        assert door.ask(document, VIEWER, v=value)["dashboard"]["views"] == 0
    on_tv = sum(session.device == "TV" for session in SESSIONS)
    assert door.ask(document, VIEWER, v="TV")["dashboard"]["views"] == on_tv


def test_a_document_of_several_operations_must_say_which(door: Door) -> None:
    document = "query A { viewer { role } } query B { viewer { subject } }"
    message = checked(door.post({"query": document}, VIEWER), 200, "BAD_INPUT")
    assert "A, B" in message
    named = door.post({"query": document, "operationName": "A"}, VIEWER).json()
    assert named["data"] == {"viewer": {"role": "VIEWER"}}


@pytest.mark.parametrize("path", ["/", "/films", "/films/a%2Fb", "/boards/1"])
def test_a_page_may_have_several_values_of_a_filter(door: Door, path: str) -> None:
    assert door.get(f"{path}?country=DE&country=US").status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/graphql", "/embed/DailyTrends", "/schema.graphql", "/unknown"])
def test_elsewhere_a_parameter_comes_once(door: Door, path: str) -> None:
    response = door.get(f"{path}?query=a&query=b", VIEWER)
    assert (response.status_code, "given twice" in response.text) == (400, True)
