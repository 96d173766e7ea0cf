"""Trusted documents: where the server runs published operations and questions of boards only, nothing else runs for
anybody but an admin.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from schema.reports import ReportForm
from schema.roles import Role
from server.answering.service import Service
from server.client_files import OPERATIONS
from server.identity.callers import Caller
from server.identity.principal import Principal
from server.reporting.board_report import ReportView, board_report
from server.settings import Documents
from tests.integration.resolvers.conftest import ADMIN, ANALYST, VIEWER, Door, opened_door
from tests.integration.server.test_board_questions import saved
from warehouse.reports.ranges import parse_range

GENRES = f"sha256:{hashlib.sha256((OPERATIONS / 'Genres.graphql').read_bytes()).hexdigest()}"
OWN = "{ dashboard { views } }"
QUESTION = "measures=views&by=DEVICE&top=10"


@pytest.fixture(scope="module")
def trusting(service: Service) -> Iterator[Door]:
    """A server that runs published operations only."""
    settings = service.settings.model_copy(update={"documents": Documents.TRUSTED})
    with opened_door(replace(service, settings=settings)) as door:
        yield door


def asked(door: Door, token: str, **body: Any) -> Any:
    """The status and body of a POST."""
    response = door.post(body, token)
    return response.status_code, response.json()


@pytest.mark.parametrize("token", [VIEWER, ANALYST])
@pytest.mark.parametrize("body", [{"query": OWN}, {"query": "{ __typename }"}, {"query": "{"}, {"query": "x" * 10_000}])
def test_a_document_of_one_s_own_is_forbidden(trusting: Door, token: str, body: dict[str, Any]) -> None:
    status, answer = asked(trusting, token, **body)
    assert (status, answer["errors"][0]["extensions"]["code"]) == (403, "FORBIDDEN")
    assert "data" not in answer


def test_nor_does_it_run_by_get(trusting: Door) -> None:
    assert trusting.get("/graphql", ANALYST, params={"query": OWN}).status_code == 403


def test_the_text_of_a_published_one_is_no_id(trusting: Door) -> None:
    status, _ = asked(trusting, ANALYST, query=(OPERATIONS / "Genres.graphql").read_text(encoding="utf-8"))
    assert status == 403


def test_a_published_one_runs_by_its_id_and_by_its_name(trusting: Door, door: Door) -> None:
    variables = {"range": {"last": "P7D"}}
    status, answer = asked(trusting, VIEWER, documentId=GENRES, variables=variables)
    assert status == 200
    assert answer == trusting.get("/api/Genres", VIEWER, params={"range": '{"last": "P7D"}'}).json()
    assert answer == asked(door, VIEWER, documentId=GENRES, variables=variables)[1]
    assert trusting.get("/graphql", VIEWER, params={"documentId": GENRES}).json()["data"]["genres"]


def test_an_admin_may_ask_anything(trusting: Door) -> None:
    assert asked(trusting, ADMIN, query=OWN) == (200, asked(trusting, ADMIN, query=OWN)[1])
    assert asked(trusting, ADMIN, query=OWN)[1]["data"] == {"dashboard": {"views": 700}}


@pytest.mark.parametrize(
    "body", [{"documentId": "sha256:00"}, {"documentId": GENRES.upper()}, {"documentId": "Genres"}]
)
@pytest.mark.parametrize("token", [VIEWER, ADMIN])
def test_an_unknown_id_is_the_asker_s_error(door: Door, token: str, body: dict[str, Any]) -> None:
    status, answer = asked(door, token, **body)
    assert (status, answer["errors"][0]["extensions"]["code"]) == (400, "BAD_INPUT")


@pytest.mark.parametrize(
    "body", [{"documentId": GENRES, "query": OWN}, {"documentId": 7}, {"documentId": ["a"]}, {"documentId": ""}]
)
def test_a_document_and_an_id_are_one_too_many(trusting: Door, body: dict[str, Any]) -> None:
    status, answer = asked(trusting, ADMIN, **body)
    assert (status, answer["errors"][0]["extensions"]["code"]) == (400, "BAD_INPUT")


def test_another_operation_s_name_is_not_in_it(door: Door) -> None:
    _, answer = asked(door, VIEWER, documentId=GENRES, operationName="Users")
    assert answer["errors"][0]["message"] == "The document has no operation called Users."


def test_the_questions_of_a_board_are_published(trusting: Door, door: Door) -> None:
    asked_of = {"question": QUESTION, "range": '{"last": "P1Y"}', "where": '{"country": {"eq": "DE"}}'}
    board = saved(door, "VIEWER", QUESTION)
    found = trusting.get("/api/Board/question", VIEWER, params={**asked_of, "id": board})
    assert found.status_code == 200, found.text
    views = {row["device"]: row["views"] for row in found.json()["data"]["viewing"]["rows"]}
    viewing = 'viewing(range: {last: "P1Y"}, where: {country: {eq: "DE"}})'
    document = f"{{ {viewing} {{ rows(by: [DEVICE]) {{ device views }} }} }}"
    expected = {row["device"]: row["views"] for row in door.ask(document, VIEWER)["viewing"]["rows"]}
    assert views == expected != {}
    other = {**asked_of, "id": board, "question": "measures=views&by=COUNTRY"}
    assert trusting.get("/api/Board/question", VIEWER, params=other).status_code == 403
    assert trusting.get("/api/viewing", VIEWER, params={"measures": "views"}).status_code == 403


@pytest.mark.parametrize("token", [VIEWER, ANALYST])
def test_nobody_but_an_admin_publishes_by_saving_a_board(trusting: Door, door: Door, token: str) -> None:
    save = f"sha256:{hashlib.sha256((OPERATIONS / 'SaveBoard.graphql').read_bytes()).hexdigest()}"
    panels = [{"title": "One", "question": QUESTION}]
    new = {"input": {"title": "Mine", "panels": panels}}
    assert asked(door, token, documentId=save, variables=new)[0] == 200
    _, refused = asked(trusting, token, documentId=save, variables=new)
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert saved(trusting, "ADMIN", QUESTION)


def test_a_report_of_a_board_has_its_rows(trusting: Door, door: Door) -> None:
    board, viewer = saved(door, "VIEWER", QUESTION), Caller(Principal("vera", Role.VIEWER))
    view = ReportView(parse_range("2026-01-01..2026-12-31"), "UTC")
    reports = [
        one.portal.call(board_report, one.service, viewer, board, ReportForm.CSV, view).archive
        for one in (trusting, door)
    ]
    assert reports[0] == reports[1]
    assert reports[0].decode().startswith("device,views,isOthers")
