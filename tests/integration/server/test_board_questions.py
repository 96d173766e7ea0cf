"""A board's questions: anyone who may see the board can ask them by their text under a view, and nothing else."""

import json
import re
from typing import Any

import pytest

from schema.roles import Role
from server.answering.board_questions import _GROUPS, board_request
from server.answering.questions_in_parameters import question
from server.identity.principal import Grant, Use
from tests.conftest import ROOT
from tests.integration.resolvers.conftest import ADMIN, ANALYST, VIEWER, Door, token_of

SAVE = "mutation ($input: SaveBoardInput!) { saveBoard(input: $input) { board { id } } }"
ASKED = "measures=views,viewers&by=DEVICE&top=10&country=DE&country=US"
VIEW = {"range": '{"last": "P1Y"}', "timeZone": "Asia/Kolkata"}


@pytest.fixture
def board(door: Door) -> str:
    """The id of a board that is shared with viewers."""
    return saved(door, "VIEWER", ASKED)


def saved(door: Door, shared_with: str | None, *questions: str) -> str:
    """The id of a new board of an admin."""
    panels = [{"title": "One", "question": one} for one in questions]
    made = door.ask(SAVE, ADMIN, input={"title": "Board", "panels": panels, "sharedWith": shared_with})
    return str(made["saveBoard"]["board"]["id"])


def session(fixed: dict[str, Any], *operations: str) -> str:
    """What a frame that shows boards asks with."""
    return token_of(Role.EMBED, {"country": ("DE",)}, Grant(operations or ("Board",), fixed, use=Use.SESSION))


def rows(door: Door, token: str, **texts: str) -> Any:
    """The rows of a board's question."""
    response = door.get("/api/Board/question", token, params={**VIEW, "question": ASKED, **texts})
    assert response.status_code == 200, response.text
    return response.json()["data"]["viewing"]["rows"]


def test_a_question_is_answered_as_the_same_document_is(door: Door, board: str) -> None:
    document = """query ($where: ViewingFilter) {
        viewing(range: {last: "P1Y"}, timeZone: "Asia/Kolkata", where: $where, compareTo: PREVIOUS_YEAR) {
            rows(by: [DEVICE], top: {n: 10, by: VIEWS}) {
                device views viewers isOthers previous { views viewers } change { views viewers } } } }"""
    where = {"and": [{"country": {"in": ["DE", "US"]}}, {"genre": {"eq": "Drama"}}]}
    expected = door.ask(document, VIEWER, where=where)["viewing"]["rows"]
    assert expected
    given = {"compareTo": "PREVIOUS_YEAR", "where": json.dumps({"genre": {"eq": "Drama"}})}
    assert rows(door, VIEWER, id=board, **given) == expected


def test_an_embed_is_answered_within_its_scope(door: Door, board: str) -> None:
    scoped = token_of(Role.VIEWER, {"country": ("DE",)})
    assert rows(door, session({"id": board})) == rows(door, scoped, id=board) != rows(door, VIEWER, id=board)
    # Without a fixed id it shows any board that its role may see.
    assert rows(door, session({}), id=board) == rows(door, scoped, id=board)


def test_nobody_gets_a_question_of_a_board_that_they_do_not_see(door: Door, board: str) -> None:
    private, for_analysts = saved(door, None, ASKED), saved(door, "ANALYST", ASKED)
    refused = [
        (VIEWER, {"id": private}),
        (VIEWER, {"id": for_analysts}),
        (ANALYST, {"id": private}),
        (session({}), {"id": for_analysts}),
        (VIEWER, {"id": "none"}),
        (VIEWER, {"id": board, "question": "measures=views&by=COUNTRY"}),
        (session({"id": board}), {"question": "measures=views&by=COUNTRY"}),
        (session({"id": board}), {"id": board}),
        (session({}, "Devices"), {"id": board}),
    ]
    for token, texts in refused:
        response = door.get("/api/Board/question", token, params={**VIEW, "question": ASKED, **texts})
        assert (response.status_code, set(response.json())) == (403, {"errors"}), texts
    assert door.get("/api/viewing", session({"id": board}), params={"measures": "views"}).status_code == 403


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"where": "{"}, "where is not valid JSON"),
        ({"where": "[]"}, "where"),
        ({"range": "2026-01-01/"}, "range"),
        ({"timeZone": "Mars"}, "Mars"),
        ({"format": "csv"}, "JSON"),
        ({"limit": "3"}, "limit"),
    ],
)
def test_a_view_that_can_be_none_says_why(door: Door, board: str, texts: dict[str, str], said: str) -> None:
    given = {**VIEW, "id": board, "question": ASKED, **texts}
    response = door.get("/api/Board/question", VIEWER, params=given)
    assert (response.status_code, said in response.text) == (400, True), response.text


@pytest.mark.parametrize(
    ("saved_text", "arguments"),
    [
        ("", "(by: $by, fill: $fill)"),
        ("by=", ""),
        ("by=DAY,COUNTRY", "(by: $by, top: $top, fill: $fill)"),
        ("by=HOUR_OF_DAY,DAY_OF_WEEK", "(by: $by)"),
        ("measures=nothing&by=AGE_BAND,NOTHING&top=7", "(by: $by, top: $top)"),
        ("by=movie,toString,QUARTER_HOUR,ATTRIBUTE,MOVIE", "(by: $by, top: $top)"),
    ],
)
def test_what_explore_does_not_know_is_left_out(door: Door, saved_text: str, arguments: str) -> None:
    asked = board_request(question(door.service.schema.core, "viewing"), saved_text, {})
    assert f"rows{arguments} {{" in asked.document
    assert " views" in asked.document
    assert (asked.variables or {}).get("top", {}).get("n", 5) == 5


def test_the_groups_are_those_of_explore() -> None:
    text = (ROOT / "client" / "src" / "explore" / "question.ts").read_text(encoding="utf-8")
    steps, groups = (
        text.partition(f"const {name} = ")[2].partition("as const")[0] for name in ("TIME_STEPS", "GROUPS")
    )
    assert {*re.findall(r"'(\w+)'", steps), *re.findall(r"^  (\w+):", groups, re.MULTILINE)} == set(_GROUPS)
