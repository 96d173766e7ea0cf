"""Wherever a moment enters, it is read alike: what is out of range, or no moment at all, is refused in a sentence."""

from pathlib import Path
from typing import Any

import pytest

from tests.integration.resolvers.conftest import ADMIN, Door
from tests.integration.server.commands import Place
from tests.integration.server.test_bad_input import LEAKS

MOMENTS = [
    "0001-01-01",
    "1989-12-31",
    "2100-01-02",
    "9999-12-31",
    "10000-01-01",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "2016-12-31T23:59:60Z",
    "2026-03-01T24:00:00Z",
    "2026-02-30",
    "x" * 10_000,
]
# Each takes a moment `$m`.
FIELDS = [
    "viewing(asOf: $m) { rows { views } }",
    "rating(asOf: $m) { totals { ratingsCount } }",
    "retention(asOf: $m) { start }",
    "stickiness(asOf: $m) { day }",
    "quality(by: DEVICE, asOf: $m) { value }",
    'dashboard(range: {from: $m, to: "2026-03-01"}) { views }',
    'dashboard(range: {from: "2026-03-01", to: $m}, timeZone: "Pacific/Kiritimati") { views }',
]
INSTANTS = [
    "auditLog(where: {at: {gte: $m}}) { totalCount }",
    "auditLog(where: {not: {at: {lt: $m}}}) { totalCount }",
]
DAYS = ["rankings(start: $m) { rank }"]
STEPS = [
    "runPipeline(input: {steps: [{step: RANKINGS, from: $m}]}) { run { id } }",
    "runPipeline(input: {steps: [{step: RANKINGS, to: $m}]}) { run { id } }",
]


def refused(body: dict[str, Any]) -> None:
    """The one error, a sentence with a code."""
    (error,) = body["errors"]
    assert error["extensions"]["code"] == "BAD_INPUT", error
    assert not LEAKS.search(error["message"])
    assert error["message"].endswith(".")
    assert len(error["message"]) < 350
    assert error["locations"]
    assert not body.get("data")


def kind_of(field: str) -> str:
    return "Moment" if field in FIELDS else "DateTime" if field in INSTANTS else "Date"


@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment[:30])
@pytest.mark.parametrize("field", [*FIELDS, *INSTANTS, *DAYS, *STEPS], ids=lambda field: field[:60])
def test_a_moment_that_can_not_be_is_refused_as_a_variable_and_in_the_document(
    door: Door, field: str, moment: str
) -> None:
    operation, kind = ("mutation" if field in STEPS else "query"), kind_of(field)
    document = f"{operation} ($m: {kind}) {{ {field} }}"
    refused(door.post({"query": document, "variables": {"m": moment}}, ADMIN).json())
    literal = field.replace("$m", f'"{moment}"')
    refused(door.post({"query": f"{operation} {{ {literal} }}"}, ADMIN).json())


@pytest.mark.parametrize("moment", ["1990-01-01", "2100-01-01", "1990-01-01T00:00:00Z", "2100-01-01T00:00:00Z"])
def test_the_ends_themselves_are_answered(door: Door, moment: str) -> None:
    for field in FIELDS:
        body = door.post({"query": f"query ($m: Moment) {{ {field} }}", "variables": {"m": moment}}, ADMIN).json()
        # The range may end before it begins, or have too many days.
        assert {error["extensions"]["code"] for error in body.get("errors", ())} <= {"BAD_INPUT", "TOO_EXPENSIVE"}, body


@pytest.mark.parametrize("field", INSTANTS)
def test_what_takes_an_instant_refuses_a_day_and_says_how_to_write_its_start(door: Door, field: str) -> None:
    body = door.post({"query": f"query ($m: DateTime) {{ {field} }}", "variables": {"m": "2026-03-01"}}, ADMIN).json()
    (error,) = body["errors"]
    assert error["message"].endswith("'2026-03-01' is a date, and this takes an instant, such as 2026-03-01T00:00:00Z.")
    answered = door.post(
        {"query": f"query ($m: DateTime) {{ {field} }}", "variables": {"m": "2026-03-01T00:00:00Z"}}, ADMIN
    )
    assert "errors" not in answered.json()


def test_a_day_in_an_address_is_read_the_same(door: Door) -> None:
    response = door.get("/api/Rankings", ADMIN, params={"start": "9999-12-31", "format": "csv"})
    assert response.status_code == 400
    assert response.json()["errors"][0]["message"] == (
        "Variable '$start' has invalid value: '9999-12-31' is outside the years 1990 to 2100."
    )
    between = '{"from": "2026-03-01", "to": "9999-12-31"}'
    message = door.get("/api/Genres", ADMIN, params={"range": between}).json()["errors"][0]["message"]
    assert message == "Variable '$range' has invalid value at .to: '9999-12-31' is outside the years 1990 to 2100."


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ("warehouse", "verify", "--from", "{}"),
        ("warehouse", "verify", "--to", "{}"),
        ("warehouse", "rebuild", "--from", "{}"),
        ("warehouse", "rebuild", "--to", "{}"),
        ("spark", "rankings", "--from", "{}"),
        ("spark", "rankings", "--to", "{}"),
        ("ingest", "generate", "--until", "{}"),
        ("query", "Rankings", "--start", "{}"),
        ("query", "Genres", "--range", '{{"from": "{}", "to": "2026-03-01"}}'),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("moment", ["0001-01-01", "9999-12-31", "10000-01-01", "2026-02-30"])
@pytest.mark.sampled
def test_commands_refuse_the_same_in_one_line(tmp_path: Path, command: tuple[str, ...], moment: str) -> None:
    done = Place(tmp_path).run(*(word.format(moment) for word in command))
    assert done.returncode in (1, 2), done.stderr
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    assert moment in done.stderr
    said = ("1990 to 2100", "no such day or time", "is not a date", "is neither a date")
    assert any(each in done.stderr for each in said)


def test_generated_sessions_do_not_begin_before_the_range(tmp_path: Path) -> None:
    done = Place(tmp_path).run("ingest", "generate", "--until", "1990-02-01", "--days", "90")
    assert (done.returncode, done.stdout) == (2, "")
    assert "90 days before 1990-02-01 it is not yet 1990" in done.stderr
