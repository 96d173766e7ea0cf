"""Attributes from a request's body to an answer of the API: any value, under any name."""

from typing import Any

import pytest

from tests.integration.resolvers.conftest import Door
from tests.integration.server.test_rows_over_http import ADMIN, counts, door, send, session

__all__ = ["door"]
ROWS = """query ($path: String!) {
  viewing(range: {from: "2026-09-30", to: "2026-10-03"}) {
    rows(attributes: [$path]) { attribute(path: $path) views } } }"""
TOTAL = """query ($path: String!, $texts: [String!], $text: String) {
  viewing(range: {from: "2026-09-30", to: "2026-10-03"}, where: {attribute: {path: $path, eq: $text, in: $texts}}) {
    totals { views } } }"""
SENT: tuple[tuple[str, Any, str], ...] = (
    ("sp ace", 7, "7"),
    ("da-sh", 4.2, "4.2"),
    ("ключ", 2**53 + 1, "9007199254740993"),
    ("`", 2**64 - 1, "18446744073709551615"),
    ('"', "2025-02-30", "2025-02-30"),
    ("'", "2025-01-01T10:00:00+02:00", "2025-01-01T10:00:00+02:00"),
    ("\\", True, "true"),
    ("\\'", ["a", 1], '["a",1]'),
    ("'; DROP TABLE viewing_sessions; --", "' OR 1=1 --", "' OR 1=1 --"),
    ("{path:String}", " \\n\n", " \\n\n"),
    ("", "🎬", "🎬"),
    ("$path", "%s", "%s"),
)


def views(door: Door, path: str, **tests: Any) -> int:
    found: int = door.ask(TOTAL, ADMIN, path=path, **tests)["viewing"]["totals"]["views"]
    return found


@pytest.mark.slow
def test_every_name_and_value_comes_back(door: Door) -> None:
    rows = [session(700 + number, **{name: value}) for number, (name, value, _) in enumerate(SENT)]
    assert counts(send(door, rows))[1] == len(SENT)
    for name, _, text in SENT:
        shown = door.ask(ROWS, ADMIN, path=name)["viewing"]["rows"]
        assert [row["attribute"] for row in shown if row["attribute"] is not None] == [text]
        assert views(door, name, text=text) == views(door, name, texts=[text, "other"]) == 1, name
        assert views(door, name, text=f"{text}x") == 0


@pytest.mark.parametrize("path", ["nul\0", "x" * 257, "x" * 10_000, "no.where"])
def test_a_path_that_nobody_sent_is_refused_in_a_sentence(door: Door, path: str) -> None:
    (error,) = door.answer(ROWS, ADMIN, path=path)["errors"]
    assert error["extensions"]["code"] == "BAD_INPUT", error
    assert len(error["message"]) < 2_000


def test_a_row_beyond_the_bounds_keeps_no_other_out(door: Door) -> None:
    deep: Any = 1
    for _ in range(150):
        deep = {"a": deep}
    response = send(door, [session(750, a=deep), session(751, **{"a.b": 2, "a": {"b": 3}}), session(752, fine="yes")])
    assert counts(response) == (3, 1, 2)
    assert response.json()["reasons"] == {"BAD_VALUE": 2}
    assert views(door, "fine", text="yes") == 1
