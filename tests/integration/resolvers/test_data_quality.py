"""What checks found is told to analysts and admins who see all rows, and to nobody else."""

import pytest

from schema.roles import Role
from tests.integration.resolvers.conftest import ADMIN, ANALYST, VIEWER, Door, token_of

ROUNDS = "{ dataQuality(first: 20) { load firstLoad loads undone table rows accepted quarantined status } }"
TABLES = {"MOVIES", "USERS", "VIEWING_SESSIONS", "RATINGS"}


@pytest.mark.parametrize("token", [ANALYST, ADMIN], ids=["analyst", "admin"])
def test_each_load_of_the_world_was_checked(door: Door, token: str) -> None:
    rounds = door.ask(ROUNDS, token)["dataQuality"]
    assert {one["table"] for one in rounds} == TABLES
    assert [one["load"] for one in rounds] == sorted((one["load"] for one in rounds), reverse=True)
    assert all(one["firstLoad"] == one["load"] and one["loads"] == 1 and one["undone"] == 0 for one in rounds)
    assert all(one["status"] for one in rounds)


def test_a_table_and_a_status_limit_what_is_told(door: Door) -> None:
    document = """query($status: [CheckStatus!]) {
        dataQuality(table: RATINGS, status: $status) { table checks { check label subject status sentence } } }"""
    (round_,) = door.ask(document, ADMIN, status=["NOT_ENOUGH_DATA"])["dataQuality"]
    assert round_["table"] == "RATINGS"
    assert {check["status"] for check in round_["checks"]} == {"NOT_ENOUGH_DATA"}
    assert {"check": "SHIFT", "label": "Shift", "subject": "rating"}.items() <= next(
        check.items() for check in round_["checks"] if check["check"] == "SHIFT"
    )
    assert door.ask(document, ADMIN, status=["FAIL"])["dataQuality"] == []


def test_a_viewer_may_not_ask(door: Door) -> None:
    (error,) = door.answer(ROUNDS, VIEWER)["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert error["message"] == "Your role may not query dataQuality. Use a token of the role analyst."


@pytest.mark.parametrize("scope", [{"country": ("US",)}, {"genre": ("Drama",)}, {"subscription": ("free",)}])
def test_a_check_counts_rows_of_everybody_so_a_scope_closes_it(door: Door, scope: dict[str, tuple[str, ...]]) -> None:
    (error,) = door.answer(ROUNDS, token_of(Role.ADMIN, scope))["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert "load_checks has no" in error["message"]


def test_more_rounds_than_allowed_are_refused(door: Door) -> None:
    (error,) = door.answer("{ dataQuality(first: 201) { load } }", ADMIN)["errors"]
    assert error["message"] == "first is 201; allowed are 1 to 200."
