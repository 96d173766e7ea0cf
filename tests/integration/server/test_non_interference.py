"""Non-interference: two warehouses that differ only in what an asker may not see give that asker the same bytes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from graphql import parse, validate

from resolvers import data_quality
from resolvers.root import build_schema
from schema import access_policy
from schema.roles import Role
from server.answering.budget import Budget
from server.answering.published_operations import published
from server.answering.response_cache import ResponseCache
from server.answering.service import Service
from server.settings import Settings
from tests.integration.new_warehouse import lay
from tests.integration.resolvers import world
from tests.integration.resolvers.conftest import ADMIN, SECRET, TOKENS, Door, bearer, opened_door, token_of
from tests.integration.resolvers.world import World
from tests.integration.server.probes import MISTAKEN, Probe, calls, files, probes, questions, walks
from tests.integration.server.stand_in_spark_results import reckon
from tests.integration.server.twins import MINIMUM, Scope, masked_twins, scoped_twins, small_group_twins
from warehouse import open_warehouse
from warehouse.access import Strategy
from warehouse.query.reader import Reader

pytestmark = pytest.mark.slow

LOADED_AT = "2026-03-31T00:00:00Z"
SCOPES: list[Scope] = [
    {"country": ("DE", "HU")},
    {"subscription": ("free",)},
    {"genre": ("Drama",)},
    {"country": ("US", "DE"), "genre": ("Drama", "Comedy")},
    {"country": ("Unknown",), "subscription": ("premium", "free")},
]
ALL = slice(None)
# Values that nothing has, and countries that can't be, come back as the asker sent them.
ECHOED = re.compile(
    rb'"filter":"\w+","value":"(?:[^"\\]|\\.)*"|There is no country (?:[^"\\]|\\.)*"'
    # The same within a text, as assistants are told it.
    rb'|\\"value\\": \\".*?\\",[ ]?(?:\\n *)?\\"suggestion\\"'
)


@contextmanager
def served(folder: Path, rows: World) -> Iterator[Door]:
    """A door to a new warehouse of these rows."""
    settings = Settings(warehouse=lay(folder))
    with open_warehouse(settings.warehouse, settings.limits) as warehouse:
        world.load(warehouse, rows)
        reckon(warehouse)
        service = Service(
            settings, warehouse, build_schema(), published(), TOKENS, hash_key=SECRET, answers=ResponseCache(1 << 26)
        )
        # Each request comes a minute after the one before: none is refused for their number.
        service.admission.budget = Budget(clock=count(step=60).__next__)
        with opened_door(service) as door:
            yield door


def answers(
    door: Door,
    token: str,
    asked: Sequence[Probe],
    read: Sequence[str],
    walked: Sequence[tuple[str, str]],
    called: Sequence[Probe],
) -> list[tuple[Any, bytes]]:
    """Every request with the bytes that came back, status and headers in front."""
    told = []

    def note(what: Any, response: httpx.Response) -> httpx.Response:
        headers = sorted((name, value) for name, value in response.headers.items() if name != "marquee-request-id")
        assert response.status_code not in (401, 429, 500), response.text
        assert b"INTERNAL" not in response.content, (what, response.content)
        told.append((what, f"{response.status_code} {headers}\n".encode() + response.content))
        return response

    def send(document: str, variables: Mapping[str, Any]) -> Any:
        body = {"query": document, "variables": variables}
        response = door.request("POST", "/graphql", json=body, headers=bearer(token))
        return note((document, variables), response).json()

    for document, variables in asked:
        send(document, variables)
    for path in read:
        note(path, door.get(path, token))
    for tool, arguments in called:
        parameters = {"name": tool, "arguments": arguments}
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": parameters}
        headers = bearer(token) | {"Accept": "application/json, text/event-stream"}
        note((tool, arguments), door.request("POST", "/mcp", json=body, headers=headers))
    for field, document in walked:
        after = None
        while True:
            page = (send(document, {"after": after}).get("data") or {}).get(field)
            if page is None or not page["pageInfo"]["hasNextPage"]:
                break
            after = page["pageInfo"]["endCursor"]
    return told


def hidden_values(twins: tuple[World, World]) -> list[str]:
    """Guesses: raw values of both worlds, and some that look like masks."""
    raw = {
        value
        for rows in twins
        for one in rows.people
        for value in (one.email, one.username, one.gender, one.country, one.plan)
        if value
    }
    return sorted(raw | {"Unknown", "18-24", "a***", "a***@example.com", "55+", "Drama"})


def compare(twins: tuple[World, World], token: str, seed: int, tmp_path: Path, chosen: slice = ALL) -> list[bytes]:
    """Ask both worlds the same; the second is warmed by an admin's questions first, so that no cache tells.

    `chosen` of the probes, files and walks are sent. Returns what was answered.
    """
    guesses = hidden_values(twins)
    identities = sorted({one.id for rows in twins for part in (rows.people, rows.films) for one in part})
    asked = list(probes(Random(seed), guesses, identities))[chosen]
    read = [*files(list(published())), *questions(Random(seed), guesses)][chosen]
    walked, called = walks(Random(seed))[chosen], calls(Random(seed), guesses)[chosen]
    both = []
    for name, rows in zip(("one", "other"), twins, strict=True):
        with served(tmp_path / name, rows) as door:
            if name == "other":
                answers(door, ADMIN, asked[:60], read, walked[:3], called)
            both.append(answers(door, token, asked, read, walked, called))
    for mine, its in zip(*both, strict=True):
        assert mine == its, f"{mine[0]}\n{mine[1]!r}\n{its[1]!r}"
    return [answer for _, answer in both[0]]


@pytest.fixture
def _one_loading_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both twins were loaded at the same moment: when is no secret of who may see all rows, and would differ here."""
    monkeypatch.setattr(Reader, "loaded_at", lambda _: LOADED_AT)
    monkeypatch.setattr(data_quality, "_instant", lambda _: LOADED_AT)


@pytest.mark.sampled
@pytest.mark.usefixtures("_one_loading_moment")
@pytest.mark.parametrize("third", range(3))
@pytest.mark.parametrize(("role", "hides_people", "seed"), [(Role.VIEWER, True, 0), (Role.ANALYST, False, 1)])
def test_masked_values_change_no_answer(role: Role, hides_people: bool, seed: int, third: int, tmp_path: Path) -> None:
    twins = masked_twins(seed, hides_people)
    told = compare(twins, token_of(role), seed, tmp_path, slice(third, None, 3))
    raw = {one.email.encode() for rows in twins for one in rows.people if one.email}
    for answer in (ECHOED.sub(b"", one) for one in told):
        assert not [value for value in raw if value in answer and b"Known paths" not in answer], answer
    assert any(LOADED_AT.encode() in answer for answer in told)


@pytest.mark.sampled
@pytest.mark.parametrize("fifth", range(5))
@pytest.mark.parametrize("scope", SCOPES, ids=str)
def test_rows_out_of_scope_change_no_answer(scope: Scope, fifth: int, tmp_path: Path) -> None:
    compare_scoped(scope, 5, tmp_path, slice(fifth, None, 5))


def compare_scoped(scope: Scope, seed: int, folder: Path, chosen: slice = ALL) -> None:
    """Rows out of a scope change no answer, and when rows came is no part of one."""
    role = Role.ADMIN if len(scope) == 1 else Role.ANALYST
    told = compare(scoped_twins(seed, scope), token_of(role, scope), seed, folder, chosen=chosen)
    assert not any(b'"loadedAt":"' in answer for answer in told)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("twelfth", range(12))
def test_small_groups_change_no_answer(twelfth: int, tmp_path: Path) -> None:
    compare_small(twelfth, tmp_path, slice(twelfth, None, 12))


def compare_small(seed: int, folder: Path, chosen: slice = ALL) -> None:
    """Which small group somebody is in changes no answer to a role with a minimum of people."""
    role = (Role.VIEWER, Role.ANALYST)[seed % 2]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(access_policy, "MINIMUM_GROUP", {role: MINIMUM})
        patch.setattr(Reader, "loaded_at", lambda _: LOADED_AT)
        compare(small_group_twins(seed), token_of(role), seed, folder, chosen)


HASHED = "{ users(first: 100) { edges { cursor node { id: sourceId email } } } }"


def test_hashes_tell_no_more_than_which_values_are_equal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = {**access_policy.MASK_RULES, "users.email": access_policy.MaskRule(Strategy.HASH, Role.ADMIN)}
    monkeypatch.setattr(access_policy, "MASK_RULES", rules)
    twins = masked_twins(1, hides_people=False)
    renamed = []
    for name, rows in zip(("one", "other"), twins, strict=True):
        with served(tmp_path / name, rows) as door:
            token = token_of(Role.ANALYST)
            text = door.post({"query": HASHED}, token).text
            hashes = list(dict.fromkeys(re.findall(r"\b[0-9a-f]{32}\b", text)))
            assert len(hashes) == len({one.email for one in rows.people if one.email})
            for number, value in enumerate(hashes):
                text = text.replace(value, f"hash {number}")
            renamed.append(text)
            raw = [one.email for one in rows.people if one.email]
            guess = "query ($e: [String!]) { users(where: {email: {in: $e}}) { totalCount } }"
            assert door.ask(guess, token, e=raw)["users"] == {"totalCount": 0}
    assert renamed[0] == renamed[1]


def test_every_probe_asks_what_there_is() -> None:
    """But those that are mistakes on purpose: a document that is refused as it stands would prove nothing."""
    schema = build_schema().core
    asked = [document for document, _ in probes(Random(0), ["a", "b", "c"], list("123456"))]
    asked += [document for _, document in walks(Random(0))]
    assert {document for document in asked if validate(schema, parse(document))} == set(MISTAKEN)


def test_the_proof_can_fail(tmp_path: Path) -> None:
    """An admin without masks sees what differs: the probes do reach it."""
    with pytest.raises(AssertionError):
        compare(masked_twins(0, hides_people=True), ADMIN, 0, tmp_path, chosen=slice(8))


@pytest.mark.usefixtures("_one_loading_moment")
def test_the_proof_of_small_groups_can_fail(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        compare(small_group_twins(0), ADMIN, 0, tmp_path, chosen=slice(4))
