"""A refused field is null and says why, and the fields beside it are answered: one forbidden panel empties no page."""

from typing import Any

from tests.integration.resolvers.conftest import ADMIN, ANALYST, VIEWER, Door, bearer

PAGE = """{
    denied: auditLog { totalCount }
    films: movies { totalCount }
    wrong: dashboard(range: {last: "P1D", from: "2026-03-01", to: "2026-03-02"}) { views }
    viewing {
        rows(limit: 1, by: [COUNTRY]) { country }
        tooFew: rows(limit: -1, by: [COUNTRY]) { views }
        totals { views }
    }
}"""


def told(body: dict[str, Any]) -> list[tuple[str, str]]:
    """Where each error is, with its code."""
    return [(".".join(map(str, one["path"])), one["extensions"]["code"]) for one in body["errors"]]


def test_each_refused_field_has_its_own_error_and_the_others_are_answered(door: Door) -> None:
    body = door.answer(PAGE, VIEWER)
    assert told(body) == [("denied", "FORBIDDEN"), ("viewing.tooFew", "BAD_INPUT"), ("wrong", "BAD_INPUT")]
    data = body["data"]
    assert (data["denied"], data["wrong"], data["viewing"]["tooFew"]) == (None, None, None)
    assert data["films"]["totalCount"] > 0
    assert data["viewing"]["totals"]["views"] > 0
    assert len(data["viewing"]["rows"]) == 1


def test_the_answered_fields_are_those_of_an_answer_without_refusals(door: Door) -> None:
    beside = door.answer("{ auditLog { totalCount } genres { genre views } }", ANALYST)["data"]["genres"]
    assert beside == door.ask("{ genres { genre views } }", ANALYST)["genres"]


def test_asked_again_it_is_the_same(door: Door) -> None:
    sent = [door.request("POST", "/graphql", json={"query": PAGE}, headers=bearer(VIEWER)).content for _ in range(3)]
    assert len(set(sent)) == 1


def test_a_mutation_that_fails_leaves_the_one_before_it(door: Door) -> None:
    body = door.answer(
        """mutation {
            made: createEmbedToken(input: {operations: ["DailyTrends"]}) { embedToken { id } }
            failed: createEmbedToken(input: {operations: ["DailyTrends"], scope: {country: []}}) { embedToken { id } }
        }""",
        ADMIN,
    )
    assert told(body) == [("failed", "FORBIDDEN")]
    assert body["data"]["made"]["embedToken"]["id"]


def test_too_many_questions_refuse_the_whole_request(door: Door) -> None:
    """Which of them are too many would depend on which are quicker."""
    fields = " ".join(f'f{number}: hourlyTrends(range: {{last: "P{number + 1}D"}}) {{ views }}' for number in range(31))
    body = door.answer(f"{{ {fields} }}", ADMIN)
    assert body["errors"][0]["extensions"]["code"] == "TOO_EXPENSIVE"
    assert "more than 30 questions" in body["errors"][0]["message"]
    assert "data" not in body
