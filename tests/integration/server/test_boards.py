"""Boards: who sees and changes which, that no save is lost, and that each reader gets the reader's own answers."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from schema.roles import Role
from server.answering.service import Service
from tests.integration.resolvers.conftest import Door, token_of
from warehouse.boards import BoardPanel
from warehouse.saved_items import Owner

BOARD = "id version title owner sharedWith mayChange panels { title question }"
SAVE = f"""mutation ($input: SaveBoardInput!) {{ saveBoard(input: $input) {{
    board {{ {BOARD} }} userErrors {{ message }} }} }}"""
DELETE = "mutation ($input: DeleteBoardInput!) { deleteBoard(input: $input) { deletedId userErrors { message } } }"
ADA, BOB, CARL, DORA, EVE = (
    token_of(role, scope, subject=name)
    for name, role, scope in (
        ("ada", Role.ANALYST, None),
        ("bob", Role.VIEWER, None),
        ("carl", Role.ANALYST, {"country": ("DE",)}),
        ("dora", Role.ADMIN, None),
        ("eve", Role.ADMIN, {"country": ("DE",)}),
    )
)
VIEWS = {"title": "Views by country", "question": "measures=views&by=COUNTRY"}
DAYS = {"title": "Days", "question": "measures=viewers,watchHours&by=DAY&device=tv"}


def saved(door: Door, token: str, title: str, shared_with: str | None = None, **given: Any) -> dict[str, Any]:
    """A board that was saved."""
    sent = {"title": title, "sharedWith": shared_with, "panels": [VIEWS], **given}
    found: dict[str, Any] = door.ask(SAVE, token, input=sent)["saveBoard"]["board"]
    return found


def titles(door: Door, token: str) -> set[str]:
    """The boards that somebody sees."""
    return {one["title"] for one in door.ask("{ boards { title } }", token)["boards"]}


def refused(door: Door, document: str, token: str, given: dict[str, Any]) -> tuple[str, str]:
    """Code and sentence of a mutation that must not go through."""
    body = door.answer(document, token, input=given)
    if "errors" not in body:
        (payload,) = body["data"].values()
        (told,) = payload["userErrors"]
        return "BAD_INPUT", told["message"]
    (error,) = body["errors"]
    return error["extensions"]["code"], error["message"]


def test_a_board_is_seen_by_its_owner_and_the_roles_that_it_is_shared_with(door: Door) -> None:
    saved(door, ADA, "mine")
    saved(door, ADA, "for analysts", "ANALYST")
    saved(door, ADA, "for all", "VIEWER")
    saved(door, ADA, "for admins", "ADMIN")
    ours = {"mine", "for analysts", "for all", "for admins"}
    assert {name: titles(door, token) & ours for name, token in {"a": ADA, "b": BOB, "c": CARL, "d": DORA}.items()} == {
        "a": ours,
        "b": {"for all"},
        "c": {"for all", "for analysts"},
        "d": {"for all", "for analysts", "for admins"},
    }


def test_a_board_that_is_not_seen_is_not_there(door: Door) -> None:
    board = saved(door, ADA, "secret")
    asked = "query ($id: ID!) { board(id: $id) { title } }"
    assert door.ask(asked, DORA, id=board["id"])["board"] is None
    assert door.ask(asked, ADA, id=board["id"])["board"] == {"title": "secret"}
    absent = refused(door, SAVE, BOB, {"title": "x", "panels": [], "id": board["id"], "version": 1})
    assert absent == ("BAD_INPUT", f"There is no board '{board['id']}'.")


def test_its_questions_keep_their_order(door: Door) -> None:
    board = saved(door, ADA, "order", panels=[DAYS, VIEWS])
    assert board["panels"] == [DAYS, VIEWS]
    again = saved(door, ADA, "order", id=board["id"], version=1, panels=[VIEWS, DAYS, VIEWS])
    assert (again["version"], again["panels"]) == (2, [VIEWS, DAYS, VIEWS])


@pytest.mark.parametrize(("token", "may"), [(ADA, True), (BOB, False), (CARL, False), (DORA, True), (EVE, False)])
def test_its_owner_and_admins_of_all_rows_change_it(door: Door, token: str, may: bool) -> None:
    board = saved(door, ADA, "to change", "VIEWER")
    (found,) = [
        one["mayChange"] for one in door.ask("{ boards { id mayChange } }", token)["boards"] if one["id"] == board["id"]
    ]
    assert found is may
    given = {"title": "changed", "panels": [], "id": board["id"], "version": 1, "sharedWith": "VIEWER"}
    body = door.answer(SAVE, token, input=given)
    assert ("errors" not in body) is may
    if may:
        assert body["data"]["saveBoard"]["board"]["owner"] == "ada"
    else:
        assert body["errors"][0]["extensions"]["code"] == "FORBIDDEN"
        assert refused(door, DELETE, token, {"id": board["id"], "version": 1})[0] == "FORBIDDEN"


def test_a_change_of_a_board_that_was_changed_meanwhile_is_refused(door: Door) -> None:
    board = saved(door, ADA, "twice")
    given = {"title": "twice", "panels": [], "id": board["id"], "version": 1}
    with ThreadPoolExecutor(4) as pool:
        bodies = list(pool.map(lambda _: door.answer(SAVE, ADA, input=given), range(4)))
    assert sorted(bool(body["data"]["saveBoard"]["userErrors"]) for body in bodies) == [False, True, True, True]
    assert "changed by somebody else" in refused(door, DELETE, ADA, {"id": board["id"], "version": 1})[1]


def test_a_deleted_board_is_gone(door: Door) -> None:
    board = saved(door, ADA, "to delete", "VIEWER")
    assert door.ask(DELETE, ADA, input={"id": board["id"], "version": 1})["deleteBoard"]["deletedId"] == board["id"]
    assert "to delete" not in titles(door, ADA) | titles(door, BOB)


def test_the_same_subject_of_another_issuer_is_somebody_else(door: Door, service: Service) -> None:
    service.warehouse.boards.create("elsewhere", Owner("ada", "https://id.example"), "", (BoardPanel("a", "by=DAY"),))
    assert "elsewhere" not in titles(door, ADA)


def test_no_reader_gets_the_answers_of_another(door: Door) -> None:
    """An admin who sees everything saves a question; an analyst of one country opens the board and asks it."""
    saved(door, DORA, "countries", "VIEWER")
    (panel,) = [
        one["panels"][0]
        for one in door.ask(f"{{ boards {{ {BOARD} }} }}", CARL)["boards"]
        if one["title"] == "countries"
    ]
    assert panel == VIEWS
    asked = "{ viewing { rows(by: [COUNTRY]) { country views } } }"
    of_all, of_carl = (door.ask(asked, token)["viewing"]["rows"] for token in (DORA, CARL))
    assert [row for row in of_all if row["country"] == "DE"] == of_carl
    assert len(of_all) > 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"title": " "}, "A title has 1 to 120 printable characters"),
        ({"title": "x" * 121}, "A title has 1 to 120"),
        ({"title": "a\nb"}, "A title has 1 to 120"),
        ({"panels": [VIEWS] * 31}, "at most 30 panels; these are 31"),
        ({"panels": [{**VIEWS, "question": ""}]}, "A panel's question has 1 to 2,000"),
        ({"panels": [{**VIEWS, "question": "x" * 2001}]}, "A panel's question has 1 to 2,000"),
        ({"panels": [{**VIEWS, "title": ""}]}, "A panel's title has 1 to 120"),
        ({"sharedWith": "EMBED"}, "can't be shared with the role embed"),
        ({"sharedWith": "INGEST"}, "can't be shared with the role ingest"),
        ({"id": "none", "version": 1}, "There is no board 'none'"),
    ],
    ids=str,
)
def test_what_can_not_be_saved_is_refused(door: Door, given: dict[str, Any], said: str) -> None:
    code, message = refused(door, SAVE, ADA, {"title": "x", "panels": [], **given})
    assert (code, said in message) == ("BAD_INPUT", True), message


def test_a_board_is_saved_once_though_a_load_is_shown_meanwhile(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse = door.service.warehouse
    save = warehouse.boards._save

    def beside_a_load(*given: Any, **named: Any) -> Any:
        warehouse.data_lock.note_change()
        return save(*given, **named)

    monkeypatch.setattr(warehouse.boards, "_save", beside_a_load)
    first = saved(door, ADA, "saved once")
    again = door.ask(SAVE, ADA, input={"id": first["id"], "version": 1, "title": "saved once", "panels": [DAYS]})
    assert (again["saveBoard"]["userErrors"], again["saveBoard"]["board"]["version"]) == ([], 2)
    assert [one["title"] for one in door.ask("{ boards { title } }", ADA)["boards"]].count("saved once") == 1
