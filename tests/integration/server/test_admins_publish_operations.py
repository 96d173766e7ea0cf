"""Operations that admins publish: they run by name and by id for whoever may ask what they ask, until unpublished."""

import hashlib
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from schema.roles import Role
from server.answering.service import Service
from server.identity.callers import Caller
from server.identity.principal import Grant, Principal, Use
from server.mcp.tools import Tools
from server.observing.observer import Observer
from server.settings import Documents
from tests.integration.resolvers.conftest import ADMIN, ANALYST, VIEWER, Door, bearer, opened_door, token_of
from tests.integration.server.audited import WAIT_S, logged
from warehouse.published_operations import PublishedOperations
from warehouse.saved_items import Owner

PUBLISH = """mutation ($text: String!) { publishOperation(input: {document: $text}) {
    operation { id sourceId name document documentId description isBuiltIn owner publishedAt }
    userErrors { message field } } }"""
UNPUBLISH = """mutation ($name: String!) { unpublishOperation(input: {name: $name}) {
    deletedId userErrors { message field } } }"""
LIST = "{ publishedOperations { id name document documentId description isBuiltIn owner publishedAt } }"
BY_DEVICE = "# Views by device.\n# Most first.\nquery ByDevice { devices { device views } }\n"
BY_GENRE = "query ByDevice { genres { genre views } }"
NAMES = "query Names { users(first: 3) { nodes { sourceId username email } } }"
AS_ANALYST = "query Risk { churnRisk { probability } }"


@pytest.fixture(autouse=True)
def _unpublished(service: Service) -> Iterator[None]:
    """Each test begins and ends without operations of others."""
    yield
    table = service.warehouse.published_operations
    for one in table.all():
        table.unpublish(one)


@pytest.fixture(scope="module")
def trusting(service: Service) -> Iterator[Door]:
    """A server on the same warehouse that runs published operations only."""
    settings = service.settings.model_copy(update={"documents": Documents.TRUSTED})
    with opened_door(replace(service, settings=settings)) as door:
        yield door


def publish(door: Door, document: str, token: str = ADMIN) -> dict[str, Any]:
    """The operation as the API shows it once it is published."""
    made = door.ask(PUBLISH, token, text=document)["publishOperation"]
    assert made["userErrors"] == []
    operation: dict[str, Any] = made["operation"]
    return operation


def refused(door: Door, document: str) -> tuple[str, list[str]]:
    """What is wrong with a document, and where."""
    made = door.ask(PUBLISH, ADMIN, text=document)["publishOperation"]
    assert made["operation"] is None
    (error,) = made["userErrors"]
    return error["message"], error["field"]


def unpublish(door: Door, name: str) -> Any:
    return door.ask(UNPUBLISH, ADMIN, name=name)["unpublishOperation"]


def id_of(document: str) -> str:
    return f"sha256:{hashlib.sha256(document.encode()).hexdigest()}"


def by_id(door: Door, token: str, document: str) -> tuple[int, Any]:
    """The status and body of a published document, asked by its id."""
    response = door.post({"documentId": id_of(document)}, token)
    return response.status_code, response.json()


def test_a_published_operation_runs_by_name_and_by_id(door: Door) -> None:
    assert door.get("/api/ByDevice", VIEWER).status_code == 400
    made = publish(door, BY_DEVICE)
    assert made.pop("publishedAt").endswith("Z")
    assert made == {
        "id": "PublishedOperation:ByDevice",
        "sourceId": "ByDevice",
        "name": "ByDevice",
        "document": BY_DEVICE,
        "documentId": id_of(BY_DEVICE),
        "description": "Views by device. Most first.",
        "isBuiltIn": False,
        "owner": "test-admin",
    }
    expected = door.ask("{ devices { device views } }", VIEWER)
    assert expected["devices"][0]["views"] > 0
    assert door.get("/api/ByDevice", VIEWER).json()["data"] == expected
    status, answer = by_id(door, VIEWER, BY_DEVICE)
    assert (status, answer["data"]) == (200, expected)
    rows = door.get("/api/ByDevice", VIEWER, params={"format": "csv"}).text.splitlines()
    first = expected["devices"][0]
    assert rows[:2] == ["device,views", f"{first['device']},{first['views']}"]


def test_it_can_be_asked_by_its_hash_alone_as_persisted_queries_are(door: Door) -> None:
    publish(door, BY_DEVICE)
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": id_of(BY_DEVICE).removeprefix("sha256:")}}
    assert door.post({"extensions": extensions}, VIEWER).json()["data"]["devices"]


def test_variables_are_parameters(door: Door) -> None:
    publish(door, "query Longest($first: Int = 2) { movies(first: $first) { nodes { title } } }")
    assert len(door.get("/api/Longest", VIEWER).json()["data"]["movies"]["nodes"]) == 2
    assert len(door.get("/api/Longest", VIEWER, params={"first": "1"}).json()["data"]["movies"]["nodes"]) == 1
    assert "no variable limit" in door.get("/api/Longest", VIEWER, params={"limit": "1"}).text


def test_all_are_listed_built_in_ones_first(door: Door) -> None:
    publish(door, BY_DEVICE)
    listed = door.ask(LIST, ADMIN)["publishedOperations"]
    assert [one["name"] for one in listed if not one["isBuiltIn"]] == ["ByDevice"] == [listed[-1]["name"]]
    genres = next(one for one in listed if one["name"] == "Genres")
    assert (genres["owner"], genres["publishedAt"], genres["isBuiltIn"]) == (None, None, True)
    assert genres["documentId"] == door.service.built_in["Genres"].document_id
    found = door.ask('{ node(id: "PublishedOperation:ByDevice") { ... on PublishedOperation { document } } }', ADMIN)
    assert found == {"node": {"document": BY_DEVICE}}


def test_an_unpublished_operation_runs_no_more(door: Door) -> None:
    publish(door, BY_DEVICE)
    assert unpublish(door, "ByDevice") == {"deletedId": "PublishedOperation:ByDevice", "userErrors": []}
    assert "There is no operation ByDevice" in door.get("/api/ByDevice", VIEWER).text
    status, answer = by_id(door, VIEWER, BY_DEVICE)
    assert (status, answer["errors"][0]["extensions"]["code"]) == (400, "BAD_INPUT")
    assert all(one["isBuiltIn"] for one in door.ask(LIST, ADMIN)["publishedOperations"])
    assert unpublish(door, "ByDevice")["userErrors"][0]["message"] == "There is no published operation ByDevice."


def test_another_document_under_the_same_name_is_not_taken_for_the_old_one(door: Door) -> None:
    publish(door, BY_DEVICE)
    first = door.get("/api/ByDevice", VIEWER)
    table = door.get("/api/ByDevice", VIEWER, params={"format": "csv"})
    unpublish(door, "ByDevice")
    publish(door, BY_GENRE)
    tagged = {**bearer(VIEWER), "If-None-Match": first.headers["ETag"]}
    again = door.request("GET", "/api/ByDevice", headers=tagged)
    assert (again.status_code, list(again.json()["data"])) == (200, ["genres"])
    tagged = {**bearer(VIEWER), "If-None-Match": table.headers["ETag"]}
    rows = door.request("GET", "/api/ByDevice", headers=tagged, params={"format": "csv"})
    assert (rows.status_code, rows.text.splitlines()[0]) == (200, "genre,views")
    assert by_id(door, VIEWER, BY_DEVICE)[0] == 400


@pytest.mark.parametrize("token", [VIEWER, ANALYST])
@pytest.mark.parametrize("document", [LIST, 'mutation { unpublishOperation(input: {name: "Genres"}) { deletedId } }'])
def test_only_admins_see_and_change_them(door: Door, token: str, document: str) -> None:
    assert door.answer(document, token)["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    told = door.answer(PUBLISH, token, text=BY_DEVICE)
    assert told["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert "ByDevice" not in door.service.operations


def test_an_admin_of_some_rows_changes_none(door: Door) -> None:
    scoped = token_of(Role.ADMIN, {"country": ("DE",)})
    publish(door, BY_DEVICE)
    for document, variables in ((PUBLISH, {"text": NAMES}), (UNPUBLISH, {"name": "ByDevice"})):
        told = door.answer(document, scoped, **variables)
        assert told["errors"][0]["extensions"]["code"] == "FORBIDDEN"
        assert "has a scope" in told["errors"][0]["message"]
    assert "ByDevice" in door.service.operations
    assert "Names" not in door.service.operations


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ("", "Syntax Error: Unexpected <EOF>. (line 1, column 1)"),
        ("query A { devices { device }", "Syntax Error: Expected Name, found <EOF>. (line 1, column 29)"),
        ("query A { devices { colour } }", "Cannot query field 'colour' on type 'DevicePanel'. (line 1, column 21)"),
        ("query A($n: Int) { devices { device } }", "Variable '$n' is never used in operation 'A'."),
        ("query A($n: Nothing) { movies(first: $n) { totalCount } }", "Unknown type 'Nothing'."),
        ("query A { devices { ...B } }", "Unknown fragment 'B'."),
        ("query A { devices(range: {last: 5}) { device } }", "Expected text here, not 5. (line 1, column 33)"),
        ("{ devices { device } }", "The operation has no name. Write one: query TopDramas { ... }"),
        ("query A { devices { device } } query B { genres { genre } }", "The document has 2 operations."),
        ("fragment A on DevicePanel { device }", "The document has 0 operations."),
        ("query Genres { genres { genre } }", "Genres is an operation that Marquee brings. Call yours otherwise."),
        ("query viewing { genres { genre } }", "viewing is the name of a question at /api/viewing."),
        (f"query {'a' * 101} {{ genres {{ genre }} }}", "The name has 101 characters; allowed are 100."),
        (f"query A {{ {'{'.join(['viewer'] * 40)} {'}' * 40}", "selects 40 levels deep; allowed are 16."),
        ("query A { " + "{" * 60, "nests brackets deeper than 50 levels"),
        ("query A { devices { device } } # " + "x" * 20_000, "The document is longer than 20,000 characters."),
        ("query A { " + " ".join(f"a{n}: devices {{ views }}" for n in range(70)) + " }", "aliases"),
    ],
)
def test_a_document_with_mistakes_is_refused_with_them(door: Door, document: str, sentence: str) -> None:
    message, field = refused(door, document)
    assert sentence in message
    assert field == ["input", "document"]
    assert door.service.warehouse.published_operations.all() == []


def test_all_mistakes_are_told(door: Door) -> None:
    message, _ = refused(door, "query A { devices { colour } nothing }")
    assert [line.split(" on ")[0] for line in message.splitlines()] == [
        "Cannot query field 'colour'",
        "Cannot query field 'nothing'",
    ]


def test_a_name_of_a_hundred_characters_does(door: Door) -> None:
    name = "a" * 100
    publish(door, f"query {name} {{ devices {{ device }} }}")
    assert door.get(f"/api/{name}", VIEWER).json()["data"]["devices"]


def test_a_huge_document_is_refused_before_it_is_read(door: Door) -> None:
    response = door.post({"query": PUBLISH, "variables": {"text": "#" * 30_000_000}}, ADMIN)
    assert response.status_code in (400, 413)
    assert door.service.warehouse.published_operations.all() == []


def test_a_taken_name_is_refused_until_it_is_unpublished(door: Door) -> None:
    publish(door, BY_DEVICE)
    for document in (BY_DEVICE, BY_GENRE):
        message, _ = refused(door, document)
        assert message == "ByDevice is published already, and clients may use it. Unpublish it first."
    assert by_id(door, VIEWER, BY_DEVICE)[0] == 200
    unpublish(door, "ByDevice")
    assert publish(door, BY_GENRE)["documentId"] == id_of(BY_GENRE)


def test_built_in_ones_stay(door: Door) -> None:
    told = unpublish(door, "Genres")
    assert told["userErrors"][0]["message"] == "Genres is an operation that Marquee brings, so it can't be unpublished."
    assert told["userErrors"][0]["field"] == ["input", "name"]
    assert door.get("/api/Genres", VIEWER).status_code == 200


def test_of_two_admins_who_publish_a_name_at_once_one_is_refused(door: Door) -> None:
    documents = [f"query Race {{ devices {{ device }} }} # {number}" for number in range(4)]
    publisher = door.service.operations

    def attempt(document: str) -> str:
        try:
            return publisher.publish("Race", document, Owner("ada", "marquee")).document
        except Exception as error:  # noqa: BLE001 - any is counted
            return str(error)

    with ThreadPoolExecutor(4) as threads:
        told = list(threads.map(attempt, documents))
    (winner,) = [one for one in told if one in documents]
    assert [one for one in told if "Unpublish it first" in one] == [one for one in told if one != winner]
    assert publisher["Race"].document == winner
    assert [one.document for one in door.service.warehouse.published_operations.all()] == [winner]


def test_there_are_at_most_so_many(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    assert PublishedOperations.most == 500
    monkeypatch.setattr(PublishedOperations, "most", 2)
    publish(door, "query A { devices { device } }")
    publish(door, "query B { devices { device } }")
    message, _ = refused(door, "query C { devices { device } }")
    assert message == "There are 2 published operations already. Unpublish one first."
    unpublish(door, "A")
    publish(door, "query C { devices { device } }")


def test_it_shows_everybody_what_they_may_see(door: Door, trusting: Door) -> None:
    publish(door, NAMES)
    publish(door, AS_ANALYST)
    own = door.ask(NAMES, VIEWER)
    in_clear = door.ask(NAMES, ADMIN)
    assert own != in_clear
    for opened in (door, trusting):
        assert opened.get("/api/Names", VIEWER).json()["data"] == own
        assert by_id(opened, VIEWER, NAMES)[1]["data"] == own
        assert by_id(opened, ADMIN, NAMES)[1]["data"] == in_clear
        told = opened.get("/api/Risk", VIEWER).json()
        assert told["errors"][0]["extensions"]["code"] == "FORBIDDEN"
        assert told["data"] == {"churnRisk": None}
    scoped = token_of(Role.VIEWER, {"country": ("DE",)})
    everywhere = "query Everywhere { countries { country views } }"
    publish(door, everywhere)
    assert by_id(trusting, scoped, everywhere)[1]["data"] == door.ask(everywhere, scoped)
    assert {one["country"] for one in by_id(trusting, scoped, everywhere)[1]["data"]["countries"]} == {"DE"}


def test_reading_the_schema_stays_refused(door: Door) -> None:
    document = "query Types { __schema { types { name } } }"
    publish(door, document)
    assert by_id(door, VIEWER, document)[1] == door.post({"query": document}, VIEWER).json()
    assert by_id(door, ADMIN, document)[1]["data"]["__schema"]["types"]


def test_where_documents_are_trusted_it_runs_by_its_id_and_not_by_its_text(trusting: Door) -> None:
    assert by_id(trusting, VIEWER, BY_DEVICE)[0] == 400
    publish(trusting, BY_DEVICE)
    status, answer = by_id(trusting, VIEWER, BY_DEVICE)
    assert (status, list(answer["data"])) == (200, ["devices"])
    assert trusting.post({"query": BY_DEVICE}, VIEWER).status_code == 403
    unpublish(trusting, "ByDevice")
    assert by_id(trusting, VIEWER, BY_DEVICE)[0] == 400
    assert trusting.get("/api/ByDevice", VIEWER).status_code == 400


def test_another_service_on_the_same_warehouse_has_it_at_once(door: Door, trusting: Door) -> None:
    publish(door, BY_DEVICE)
    assert by_id(trusting, VIEWER, BY_DEVICE)[0] == 200
    unpublish(trusting, "ByDevice")
    assert by_id(door, VIEWER, BY_DEVICE)[0] == 400


def test_mutations_and_subscriptions_run_where_such_run(door: Door) -> None:
    document = 'mutation Twice { saveBoard(input: {title: "T", panels: []}) { board { id version } } }'
    publish(door, document)
    assert "is a mutation" in door.get("/api/Twice", ANALYST).text
    board = by_id(door, ANALYST, document)[1]["data"]["saveBoard"]["board"]
    door.ask("mutation ($id: ID!) { deleteBoard(input: {id: $id, version: 1}) { deletedId } }", ANALYST, id=board["id"])
    publish(door, "subscription Newest { freshness { dataThrough } }")
    assert "is a subscription" in door.get("/api/Newest", ANALYST).text


def test_an_embed_of_an_unpublished_operation_is_refused_with_the_reason(door: Door) -> None:
    publish(door, BY_DEVICE)
    session = token_of(Role.EMBED, grant=Grant(("ByDevice",), {}, None, Use.SESSION))
    assert door.get("/api/ByDevice", session).json()["data"]["devices"]
    unpublish(door, "ByDevice")
    response = door.get("/api/ByDevice", session)
    assert response.status_code == 403
    assert response.json()["errors"][0]["message"] == (
        "ByDevice is no longer published, so this embed token can't run it. Make a new token."
    )


def test_publishing_is_audited(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse, publisher = door.service.warehouse, token_of(Role.ADMIN, subject="who publishes")
    monkeypatch.setattr(warehouse.audit, "every_s", 0.02)
    publish(door, BY_DEVICE, publisher)
    door.ask(UNPUBLISH, publisher, name="ByDevice")
    door.ask(PUBLISH, publisher, text="query A {")
    until = time.monotonic() + WAIT_S
    while len(found := [one for one in logged(warehouse) if one["subject"] == "who publishes"]) < 3:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert [(one["fields"], one["outcome"], one["detail"]) for one in found] == [
        (["publishOperation"], "OK", "published ByDevice"),
        (["unpublishOperation"], "OK", "unpublished ByDevice"),
        (["publishOperation"], "BAD_INPUT", ""),
    ]


ODD = {
    "query A { __typename }": "The document selects nothing that a table can hold.",
    "query A { __schema { types { name } } }": "A does not return a list",
    'query A { __type(name: "Movie") { fields { name } } }': "A does not return a list",
    'query A { node(id: "Movie:1") { id ... on Movie { title } } }': "A does not return a list",
    "query A { a: devices { device } b: devices { views } }": "several root fields",
    "query A { viewing { x: rows(by: [DAY]) { views } y: rows { views } } }": "several lists",
}


@pytest.mark.parametrize("document", ODD)
def test_a_valid_document_of_any_form_harms_nothing_else(door: Door, document: str) -> None:
    publish(door, document)
    described = door.get("/openapi.json", ADMIN)
    assert described.status_code == 200
    assert {"/api/A", "/api/Genres"} <= set(described.json()["paths"])
    assert door.get("/api/A", ADMIN).json() == door.post({"query": document}, ADMIN).json()
    response = door.get("/api/A", ADMIN, params={"format": "csv"})
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_INPUT")
    assert ODD[document] in response.text


def test_the_description_of_the_api_follows(door: Door) -> None:
    assert "/api/ByDevice" not in door.get("/openapi.json", ANALYST).json()["paths"]
    publish(door, BY_DEVICE)
    described = door.get("/openapi.json", ANALYST).json()["paths"]["/api/ByDevice"]["get"]
    assert described["summary"] == "Views by device. Most first."
    unpublish(door, "ByDevice")
    assert "/api/ByDevice" not in door.get("/openapi.json", ANALYST).json()["paths"]


def test_one_that_the_schema_no_longer_allows_says_so(door: Door) -> None:
    """As after an upgrade: the table holds what an older version could check."""
    older = "query Older($w: OldFilter) { devices(where: $w) { device colour } }"
    door.service.warehouse.published_operations.publish("Older", older, Owner("ada", "marquee"))
    told = door.get("/api/Older", VIEWER).json()["errors"]
    assert {one["extensions"]["code"] for one in told} == {"GRAPHQL_VALIDATION_FAILED"}
    file = door.get("/api/Older", VIEWER, params={"format": "csv"})
    assert file.status_code == 400
    assert "Older does not fit this server's schema: " in file.text
    described = door.get("/openapi.json", ANALYST)
    assert described.status_code == 200
    assert "/api/Older" not in described.json()["paths"]
    make = "mutation ($i: CreateEmbedTokenInput!) { createEmbedToken(input: $i) { userErrors { message } } }"
    made = door.ask(make, ADMIN, i={"operations": ["Older"], "variables": {"w": {}}})["createEmbedToken"]
    assert "Older does not fit this server's schema" in made["userErrors"][0]["message"]


def test_an_embed_token_can_be_made_for_one(door: Door) -> None:
    make = """mutation ($i: CreateEmbedTokenInput!) { createEmbedToken(input: $i) {
        embedToken { token } userErrors { message } } }"""
    asked = {"operations": ["ByDevice"]}
    assert "There is no operation ByDevice" in str(door.ask(make, ADMIN, i=asked))
    publish(door, BY_DEVICE)
    token = door.ask(make, ADMIN, i=asked)["createEmbedToken"]["embedToken"]["token"]
    opened = door.request("POST", "/embed/ByDevice", json={"token": token})
    assert opened.status_code == 200
    assert door.get("/api/ByDevice", opened.json()["session"]).json()["data"]["devices"]


def test_assistants_find_and_run_it(door: Door) -> None:
    tools, caller = Tools(door.service), Caller(Principal("vera", Role.VIEWER))

    def listed() -> dict[str, Any]:
        found = door.portal.call(tools.call, caller, "list_operations", {}).structured_content["operations"]
        return {one["name"]: one["description"] for one in found}

    assert "ByDevice" not in listed()
    publish(door, BY_DEVICE)
    assert listed()["ByDevice"] == "Views by device. Most first."
    found = door.portal.call(tools.call, caller, "run_operation", {"name": "ByDevice"})
    assert found.structured_content["data"] == door.ask("{ devices { device views } }", VIEWER)
    unpublish(door, "ByDevice")
    assert "ByDevice" not in listed()
    assert door.portal.call(tools.call, caller, "run_operation", {"name": "ByDevice"}).is_error


def test_figures_count_those_of_admins_together(service: Service) -> None:
    with opened_door(replace(service, observer=Observer(frozenset(service.built_in)))) as door:
        for name in ("A", "B"):
            publish(door, f"query {name} {{ devices {{ device }} }}")
            door.get(f"/api/{name}", VIEWER)
        door.get("/api/Devices", VIEWER)
        text = door.get("/metrics", ADMIN).text
    counted = [
        line for line in text.splitlines() if line.startswith("marquee_request_seconds_count") and "viewer" in line
    ]
    assert counted == [
        'marquee_request_seconds_count{operation="published",outcome="OK",role="viewer"} 2.0',
        'marquee_request_seconds_count{operation="Devices",outcome="OK",role="viewer"} 1.0',
    ]
