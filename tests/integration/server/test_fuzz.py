"""Strange requests end without a fault of ours, a hang, or one value that the sender may not see."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from random import Random

import httpx
import pytest

from resolvers.root import build_schema
from schema.roles import Role
from server.answering.budget import Budget
from server.answering.published_operations import published
from server.answering.response_cache import ResponseCache
from server.answering.service import Service
from server.identity.principal import Grant, Use
from server.settings import Settings
from tests.integration.resolvers import world
from tests.integration.resolvers.conftest import TOKENS, VIEWER, Door, bearer, opened_door, token_of
from tests.integration.resolvers.world import SMALL, World
from tests.integration.server.fuzz import Wire, requests
from tests.integration.server.sockets import PATIENCE_S
from warehouse import open_warehouse

# `make prove` sends a hundred thousand.
SEED, REQUESTS = 20261124, 1_500
BUSY_S = 2.0
PLAIN = "{ users(first: 50) { edges { node { username } } } ratings(first: 100) { edges { node { reviewText } } } }"
# In personal values, in reviews and in attributes, and in no request: of people in and out of the scopes below.
NEAR, FAR = "Qznear", "Qzfar"
NEARBY = ("DE", "HU")
# Each sender, and the marks that it may come to see.
SENDERS: tuple[tuple[str, frozenset[str]], ...] = (
    (VIEWER, frozenset()),
    (token_of(Role.VIEWER, {"country": NEARBY}), frozenset()),
    (token_of(Role.EMBED, {"country": NEARBY}, Grant(("Countries",), use=Use.SESSION)), frozenset()),
    (token_of(Role.INGEST), frozenset()),
    (token_of(Role.ANALYST, {"country": NEARBY}), frozenset({NEAR})),
    (token_of(Role.ADMIN, {"country": NEARBY}), frozenset({NEAR})),
    (token_of(Role.ANALYST), frozenset({NEAR, FAR})),
    ("eyJ.x.y", frozenset()),
    ("", frozenset()),
)


def marked() -> World:
    """The small world with marks, by where each person lives."""
    marks = {one.id: NEAR if one.country in NEARBY else FAR for one in SMALL.people}
    people = {
        one.id: replace(
            one,
            username=one.username and f"{one.username[0]}{marks[one.id]}",
            email=one.email and f"{one.email[0]}{marks[one.id]}@{one.email.partition('@')[2]}",
        )
        for one in SMALL.people
    }
    reviews = [replace(one, user=people[one.user.id], text=marks[one.user.id]) for one in SMALL.reviews]
    sessions = [
        replace(one, user=people[one.user.id], attributes=[("note", marks[one.user.id])]) for one in SMALL.sessions
    ]
    return World(SMALL.films, tuple(people.values()), sessions, reviews)


@contextmanager
def marked_door(folder: Path) -> Iterator[Door]:
    """A server over the marked world, with everything on."""
    settings = Settings(warehouse=f"chdb://{folder / 'warehouse'}")
    with open_warehouse(settings.warehouse, settings.limits) as warehouse:
        world.load(warehouse, marked())
        service = Service(
            settings,
            warehouse,
            build_schema(),
            published(),
            TOKENS,
            hash_key=bytes(range(32)),
            answers=ResponseCache(1 << 24),
        )
        # Each request comes a minute after the one before, or most would be refused for their number.
        service.admission.budget = Budget(clock=count(step=60).__next__)
        with opened_door(service) as opened:
            yield opened


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    """The door of a server of this test's."""
    with marked_door(tmp_path) as opened:
        yield opened


def send_strange(door: Door, seed: int, requests_sent: int) -> Counter[int]:
    """Send requests of a seed, by each sender in turn; returns how many ended with which status."""
    drawn = islice(requests(Random(seed), build_schema().core), requests_sent)
    seen: Counter[int] = Counter()

    async def send(number: int, wire: Wire) -> None:
        token, may_see = SENDERS[number % len(SENDERS)]
        response = await _response(door.client, wire, token)
        seen[response.status_code] += 1
        told = response.text
        where = f"request {number} of seed {seed}: {wire}\n{response.status_code} {told[:500]}"
        assert response.status_code != 500, where
        assert '"INTERNAL"' not in told, where
        assert "Traceback" not in told, where
        assert not [mark for mark in (NEAR, FAR) if mark in told and mark not in may_see], where

    async def run() -> None:
        for number, wire in enumerate(drawn):
            await send(number, wire)

    door.portal.call(run)
    return seen


@pytest.mark.slow
def test_strange_requests_end_in_an_answer_or_a_refusal(door: Door) -> None:
    seen = send_strange(door, SEED, REQUESTS)
    assert sum(seen.values()) == REQUESTS
    # They were no mere noise: a good part was understood and answered, of data that has the marks for who may see them.
    assert seen[200] > REQUESTS / 5, seen
    assert {400, 401, 403, 404} <= set(seen)
    for token, may_see in SENDERS:
        told = door.post({"query": PLAIN}, token).text
        assert {mark for mark in (NEAR, FAR) if mark in told} == may_see, told


async def _response(client: httpx.AsyncClient, wire: Wire, token: str) -> httpx.Response:
    """The response, if it took little of the processor: how long that is by the clock says more about the machine."""
    busy_s = time.process_time()
    async with asyncio.timeout(PATIENCE_S):
        response = await client.request(
            wire.method, wire.path, headers={**wire.headers, **bearer(token)}, content=wire.content
        )
    busy_s = time.process_time() - busy_s
    assert busy_s < BUSY_S, f"{busy_s:.1f} s of the processor: {wire}"
    return response
