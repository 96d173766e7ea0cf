"""Kept answers: the same bytes for who may see the same, and never another's."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from schema.roles import Role
from server.answering.published_operations import published
from server.answering.response_cache import ResponseCache
from server.answering.service import Service
from tests.integration.resolvers.conftest import ADMIN, ANALYST, VIEWER, Door, bearer, opened_door, token_of

pytestmark = pytest.mark.slow

GERMANY = token_of(Role.ANALYST, {"country": ("DE",)})
HUNGARY = token_of(Role.ANALYST, {"country": ("HU",)})
DRAMA = token_of(Role.VIEWER, {"genre": ("Drama",)})
ASKERS = (ADMIN, ANALYST, VIEWER, GERMANY, HUNGARY, DRAMA)
TOTALS = "{ dashboard { views viewers } }"


@pytest.fixture(scope="module")
def keeping(service: Service) -> Iterator[Door]:
    """A server that keeps answers."""
    with opened_door(replace(service, answers=ResponseCache(1 << 26))) as door:
        yield door


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, service: Service) -> list[str]:
    """The statements that reach the engine."""
    reached: list[str] = []
    query = service.warehouse.engine.query

    def noted(sql: str, *more: object) -> object:
        reached.append(sql)
        return query(sql, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(service.warehouse.engine, "query", noted)
    return reached


def operations(door: Door, token: str) -> dict[str, str]:
    """What every published operation answers to a token, but for the one that tells of the questions themselves."""
    ids = {
        "Movie": {"id": "1"},
        "User": {"id": "12"},
        "SimilarMovies": {"id": "1"},
        "Recommendations": {"userId": "12"},
    }
    names = [name for name in published() if name != "AuditLog"]
    told = {name: door.get(f"/api/{name}", token, params=ids.get(name)).text for name in names}
    return {name: re.sub(r'"elapsedMs":[0-9.]+', "", text) for name, text in told.items()}


def test_who_may_see_the_same_asks_the_engine_once(keeping: Door, asked: list[str]) -> None:
    first = keeping.post({"query": TOTALS}, token_of(Role.ANALYST))
    reached = len(asked)
    again = keeping.post({"query": TOTALS}, token_of(Role.ANALYST))
    assert reached > 0
    assert len(asked) == reached
    assert again.content == first.content


@pytest.fixture(scope="module")
def computed(door: Door) -> dict[str, dict[str, str]]:
    """What a server that keeps nothing answers to each."""
    return {token: operations(door, token) for token in ASKERS}


@pytest.mark.parametrize("order", [ASKERS, ASKERS[::-1]])
def test_nobody_gets_what_another_may_see(
    service: Service, computed: dict[str, dict[str, str]], order: tuple[str, ...]
) -> None:
    """An incident elsewhere: a cache that ignored row rules."""
    with opened_door(replace(service, answers=ResponseCache(1 << 26))) as keeping:
        for token in (*order, *order):
            assert operations(keeping, token) == computed[token]


def test_another_document_name_or_variable_is_another_question(keeping: Door) -> None:
    document = (
        "query A($n: Int!) { topMovies(limit: $n) { rank } } query B($n: Int!) { topMovies(limit: $n) { views } }"
    )
    told = {
        keeping.post({"query": document, "operationName": name, "variables": {"n": n}}, VIEWER).text
        for name in ("A", "B")
        for n in (1, 2)
    }
    assert len(told) == 4


def test_who_one_is_is_not_kept(keeping: Door) -> None:
    named = (Role.VIEWER, {"country": ("DE",)})
    for subject in ("ada", "bob"):
        token = token_of(*named, subject=subject)
        assert keeping.ask("{ viewer { subject } dashboard { views } }", token)["viewer"] == {"subject": subject}


def test_what_failed_is_not_kept(keeping: Door) -> None:
    before = len(keeping.service.answers)
    for document in ('{ viewing(where: {country: {eq: "Narnia"}}) { totals { views } } }', "{ nothing }", "{"):
        assert "errors" in keeping.post({"query": document}, VIEWER).json()
    assert len(keeping.service.answers) == before


def test_numbers_beyond_json_are_refused_as_ever(keeping: Door) -> None:
    response = keeping.get("/api/TopMovies", VIEWER, params={"limit": str(2**70)})
    assert response.json()["errors"][0]["extensions"]["code"] == "BAD_INPUT"


def test_a_large_answer_takes_no_other_s_place(service: Service) -> None:
    with opened_door(replace(service, answers=ResponseCache(2_400))) as small:
        small.ask(TOTALS, ANALYST)
        kept = len(small.service.answers)
        small.ask("{ users(first: 9) { edges { node { id: sourceId username email country } } } }", ANALYST)
        assert len(small.service.answers) == kept == 1


@pytest.mark.parametrize("path", ["/api/Genres?timeZone=Asia%2FKolkata", f"/graphql?query={TOTALS}"])
def test_a_client_that_has_the_answer_is_told_so_until_it_is_another_s_or_another(keeping: Door, path: str) -> None:
    first = keeping.get(path, ANALYST)
    tag = first.headers["ETag"]
    for named in (tag, f"W/{tag}", f'"other", {tag}'):
        again = keeping.request("GET", path, headers={**bearer(ANALYST), "If-None-Match": named})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
        assert again.headers["Cache-Control"] == "no-store"
    for token, named in ((ANALYST, '"other"'), (GERMANY, tag)):
        other = keeping.request("GET", path, headers={**bearer(token), "If-None-Match": named})
        assert other.status_code == 200
        assert (other.headers["ETag"] == tag) == (token == ANALYST)
    assert keeping.get(path, ANALYST).content == first.content


def test_what_was_refused_has_no_entity_tag(keeping: Door) -> None:
    refused = keeping.get("/api/Genres?timeZone=Mars%2FOlympus", ANALYST)
    assert "errors" in refused.json()
    assert "ETag" not in refused.headers
