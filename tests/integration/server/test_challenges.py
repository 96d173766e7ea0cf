"""What a refusal asks for, by RFC 6750: no error where no token was shown, `invalid_token` with a 401, and
`insufficient_scope` with a 403.
"""

import re
from datetime import timedelta

import pytest

from schema.roles import Role
from tests.integration.resolvers.conftest import ADMIN, VIEWER, Door, token_of

EXPIRED = token_of(Role.VIEWER, ttl=timedelta(minutes=-1))
INGEST = token_of(Role.INGEST)
QUERY = {"query": "{ viewer { role } }"}


@pytest.mark.parametrize("header", [None, "", "Basic YTpi", "Bearer", "Bearer ", f"Token {VIEWER}"])
def test_without_a_token_the_kind_is_asked_for_and_no_error_said(door: Door, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    response = door.request("POST", "/graphql", json=QUERY, headers=headers)
    assert (response.status_code, response.headers["www-authenticate"]) == (401, 'Bearer realm="marquee"')


@pytest.mark.parametrize("token", ["x", EXPIRED, VIEWER[:-4], VIEWER + "A" * 9_000], ids=["text", "old", "cut", "long"])
def test_a_token_that_does_not_count_is_an_invalid_one(door: Door, token: str) -> None:
    for response in (door.post(QUERY, token), door.get("/api/Viewer", token), door.get("/schema.graphql", token)):
        assert response.status_code == 401
        said = re.fullmatch(
            r'Bearer realm="marquee", error="invalid_token", error_description="([^"\\]+)"',
            response.headers["www-authenticate"],
        )
        assert said
        assert said[1] == response.json()["errors"][0]["message"].replace('"', "?")


def test_a_good_token_that_may_not_is_told_so(door: Door) -> None:
    for response in (door.post(QUERY, INGEST), door.get("/openapi.json", VIEWER)):
        assert response.status_code == 403
        assert 'error="insufficient_scope", error_description="' in response.headers["www-authenticate"]


def test_the_scheme_is_read_in_any_case_and_an_answer_asks_for_nothing(door: Door) -> None:
    response = door.request("POST", "/graphql", json=QUERY, headers={"Authorization": f"bearer   {ADMIN} "})
    assert response.status_code == 200
    assert "www-authenticate" not in response.headers
