"""Limits at the HTTP door: hostile documents are refused by every method, costs are shown, and a minute comes to its
end.
"""

from dataclasses import replace
from typing import Any

import pytest
from graphql import get_introspection_query

from resolvers.documents import document_of
from schema import access_policy
from schema.access_policy import LIMITS
from schema.roles import Role
from server.answering.budget import Budget
from tests.integration.resolvers.conftest import ADMIN, ANALYST, VIEWER, Door, bearer, token_of
from tests.unit.schema.hostile import CLASSICS

DASHBOARD = "{ dashboard(compareTo: PREVIOUS_PERIOD) { views } }"


def refused(response: Any, status: int = 200) -> tuple[str, str]:
    """Code and sentence of a request that did not run."""
    assert response.status_code == status, response.text
    (error,) = response.json()["errors"]
    assert "data" not in response.json()
    return error["extensions"]["code"], error["message"]


@pytest.mark.parametrize("name", CLASSICS)
def test_a_hostile_classic_is_refused_at_the_door(door: Door, name: str) -> None:
    document, said = CLASSICS[name]
    # Twice: what is remembered of a document that was refused is that it was.
    for _ in range(2):
        code, sentence = refused(door.post({"query": document}, ANALYST))
        assert (code, said in sentence) == ("BAD_INPUT", True)


def test_get_and_graphql_s_own_media_type_refuse_alike(door: Door) -> None:
    document, said = CLASSICS["doubling 20"]
    assert said in refused(door.get("/graphql", ANALYST, params={"query": document}))[1]
    headers = bearer(ANALYST) | {"Accept": "application/graphql-response+json"}
    assert said in refused(door.request("POST", "/graphql", json={"query": document}, headers=headers), 400)[1]


def test_variables_that_nest_too_deep_are_refused(door: Door) -> None:
    document = "query ($w: ViewingFilter) { dashboard(where: $w) { views } }"
    where: dict[str, Any] = {"country": {"eq": "US"}}
    for _ in range(100):
        where = {"not": where}
    assert refused(door.post({"query": document, "variables": {"w": where}}, VIEWER), 400)[0] == "BAD_INPUT"


def test_a_list_of_a_thousand_values_is_answered_and_a_longer_one_refused(door: Door) -> None:
    document = "query ($c: [String!]) { dashboard(where: {country: {in: $c}}) { views } }"
    assert door.ask(document, VIEWER, c=["US"] * 1_000)["dashboard"]["views"] == 380
    body = door.post({"query": document, "variables": {"c": ["US"] * 1_001}}, VIEWER).json()
    assert body["errors"][0]["message"].startswith("where.country.in lists 1,001 values; allowed are 1,000.")


def test_the_query_that_tools_read_the_schema_by_is_answered(door: Door) -> None:
    assert door.ask(get_introspection_query(input_value_deprecation=True), ANALYST)["__schema"]["types"]


def test_what_is_remembered_of_a_document_serves_no_other_role_s_verdict(door: Door) -> None:
    document = "{ __schema { queryType { name } } viewer { role } }"
    for _ in range(2):
        assert door.ask(document, ANALYST)["__schema"] == {"queryType": {"name": "Query"}}
        assert refused(door.post({"query": document}, VIEWER))[0] == "FORBIDDEN"
    misspelt = "{ viewer { rol } }"
    for _ in range(2):
        assert "Did you mean" in refused(door.post({"query": misspelt}, ANALYST))[1]
        assert "Did you mean" not in refused(door.post({"query": misspelt}, VIEWER))[1]
    assert document_of(document) is document_of(document)


def test_a_cost_is_shown_and_the_same_for_everybody(door: Door) -> None:
    for token in (VIEWER, ANALYST, ADMIN, token_of(Role.VIEWER, {"country": ("US",)})):
        assert door.answer(DASHBOARD, token)["extensions"]["marquee"]["cost"] == 41


def test_a_request_beyond_its_role_s_budget_is_told_so_before_it_runs(door: Door) -> None:
    document = '{ retention(range: {last: "P3Y"}) { start } }'
    code, sentence = refused(door.post({"query": document}, VIEWER))
    assert code == "TOO_EXPENSIVE"
    assert sentence.startswith("The request costs 1,281; one request of yours may cost 1,000.")
    assert "errors" not in door.answer(document, ANALYST)


def test_a_minute_that_is_used_up_says_when_to_come_back(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = {**LIMITS, Role.VIEWER: replace(LIMITS[Role.VIEWER], query_cost=70, cost_per_minute=60)}
    monkeypatch.setattr(access_policy, "LIMITS", changed)
    # However long the machine takes.
    monkeypatch.setattr(door.service.admission, "budget", Budget(clock=lambda: 1_000.0))
    monkeypatch.setattr("server.answering.admission.COST_PER_S", 0)
    assert door.post({"query": DASHBOARD}, VIEWER).status_code == 200
    response = door.post({"query": DASHBOARD}, VIEWER)
    code, sentence = refused(response, 429)
    assert (code, sentence.split(".")[0]) == (
        "OVERLOADED",
        "This request costs 41, more than is left of your 60 a minute",
    )
    # 41 of 19 that are left, at one a second.
    assert response.headers["retry-after"] == "22"
    assert door.get("/api/Dashboard", VIEWER).status_code == 429
    # Nobody else feels it, nor what costs nothing.
    assert door.post({"query": DASHBOARD}, ANALYST).status_code == 200
    assert door.post({"query": "{ viewer { role } }"}, VIEWER).status_code == 200
