"""A storm on one service: requests of three roles are dropped in mid-answer, limits of time and memory are set low,
small loads come in between, and every answer that is given must be the one that was given in quiet.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import orjson

from resolvers.root import build_schema
from schema import access_policy
from schema.access_policy import LIMITS
from schema.roles import Role
from server.answering.published_operations import published
from server.answering.request import GraphQLRequest
from server.answering.response_cache import ResponseCache
from server.answering.service import Service
from server.identity.callers import Caller
from server.identity.principal import Principal
from server.settings import Settings
from tests.integration.resolvers import computed, world
from tests.integration.resolvers.conftest import TOKENS
from warehouse import open_warehouse

SESSIONS = 60_000
RANGE = '{from: "2026-02-20", to: "2026-04-11"}'
NEVER = '{from: "1999-01-01", to: "1999-02-01"}'
# What a request may be refused with when its limits are low or others are many.
REFUSALS = frozenset({"TIMEOUT", "TOO_EXPENSIVE", "OVERLOADED", "UNAVAILABLE"})

# Rows come out for a while: these are the ones that are dropped.
LONG = (
    f"{{ viewing(range: {RANGE}) {{ rows(by: [QUARTER_HOUR, MOVIE], limit: 3000) {{ movie {{ id }} viewers }} }} }}",
    f"{{ viewing(range: {RANGE}) {{ rows(by: [HOUR, DEVICE, COUNTRY], limit: 2000) {{ time watchMinutesP95 }} }} }}",
    f"{{ concurrency(grain: HOUR, range: {RANGE}) {{ time peakViewers }} }}",
)
# What is empty, or small: rows of others would show.
SHORT = (
    '{ recommendations(userId: "7") { rank } }',
    '{ similarMovies(id: "7") { rank } }',
    '{ user(id: "7") { id username } }',
    f"{{ viewing(range: {NEVER}) {{ rows(by: [GENRE]) {{ genre views }} totals {{ views viewers }} }} }}",
    f"{{ rating(range: {NEVER}) {{ rows(by: [GENRE]) {{ genre ratingsCount }} }} ratings(first: 1) {{ totalCount }} }}",
    f"{{ dashboard(range: {RANGE}) {{ users views averageRating }} }}",
    f"{{ devices(range: {RANGE}) {{ device views }} }}",
)
# Masked and unmasked in turn.
PERSONAL = (
    "{ users(first: 20) { edges { node { id username email age gender } } } }",
    "{ ratings(first: 20) { edges { node { id reviewText } } } }",
    f"{{ viewing(range: {RANGE}) {{ rows(by: [GENDER]) {{ gender views }} }} }}",
)
CALLERS = {role: Caller(Principal(f"storm-{role.value}", role)) for role in (Role.VIEWER, Role.ANALYST, Role.ADMIN)}
DOCUMENTS = (*LONG, *SHORT, *PERSONAL)


@dataclass
class Weather:
    """What came of a storm: outcomes by name, and every answer that was not the one of the quiet."""

    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def weather(folder: Path, seed: int, seconds: float) -> Weather:
    """Storm over a new warehouse in a folder for so many seconds, and say what came of it."""
    settings = Settings(warehouse=f"chdb://{folder / 'warehouse'}", clients=3)
    with open_warehouse(settings.warehouse, settings.limits) as warehouse:
        world.load(warehouse, replace(world.SMALL, sessions=world._sessions(SESSIONS, Random(seed))))
        computed.fill(warehouse)
        service = Service(settings, warehouse, build_schema(), published(), TOKENS, answers=ResponseCache(2**22))
        return asyncio.run(_storm(service, Random(seed), seconds))


async def _storm(service: Service, chance: Random, seconds: float) -> Weather:
    quiet = {
        (role, document): _shown((await service.run_document(caller, GraphQLRequest(document))).body)
        for role, caller in CALLERS.items()
        for document in DOCUMENTS
    }
    assert not any("errors" in shown for shown in quiet.values()), quiet
    found = Weather()
    end = time.monotonic() + seconds
    ample = {role: replace(limits, cost_per_minute=10**12) for role, limits in LIMITS.items()}
    with mock.patch.object(access_policy, "LIMITS", dict(ample)):
        await asyncio.gather(
            *(_drop(service, Random(chance.random()), end, found) for _ in range(3)),
            *(_ask(service, Random(chance.random()), end, found, quiet) for _ in range(3)),
            _squeeze(Random(chance.random()), end, ample),
            _load(service, end, found),
        )
    return found


async def _drop(service: Service, chance: Random, end: float, found: Weather) -> None:
    """Ask for much, and leave before it is all there."""
    while time.monotonic() < end:
        caller = CALLERS[chance.choice(list(CALLERS))]
        asked = asyncio.ensure_future(service.run_document(caller, GraphQLRequest(chance.choice(LONG))))
        await asyncio.wait({asked}, timeout=chance.uniform(0.0, 0.25))
        asked.cancel()
        with suppress(asyncio.CancelledError):
            await asked
        found.outcomes["dropped" if asked.cancelled() else "done before it was dropped"] += 1


async def _ask(
    service: Service, chance: Random, end: float, found: Weather, quiet: dict[tuple[Role, str], dict[str, Any]]
) -> None:
    """Ask, each role in turn the same, and compare."""
    while time.monotonic() < end:
        document = chance.choice((*DOCUMENTS, *SHORT, *SHORT))
        for role in chance.sample(list(CALLERS), 3):
            shown = _shown((await service.run_document(CALLERS[role], GraphQLRequest(document))).body)
            codes = {error["extensions"]["code"] for error in shown.get("errors", ())}
            if codes and codes <= REFUSALS:
                found.outcomes[min(codes)] += 1
            elif shown == quiet[role, document]:
                found.outcomes["right"] += 1
            else:
                found.outcomes["wrong"] += 1
                found.wrong.append(f"{role.value} {document}: {orjson.dumps(shown).decode()[:300]}")


async def _squeeze(chance: Random, end: float, ample: dict[Role, Any]) -> None:
    """Now and then give a role too little time or memory, and all it needs again."""
    limits = access_policy.LIMITS
    assert isinstance(limits, dict)
    while time.monotonic() < end:
        role = chance.choice(list(CALLERS))
        little: Sequence[dict[str, Any]] = (
            {"statement_seconds": chance.uniform(0.001, 0.05)},
            {"statement_memory_bytes": chance.choice((1_000, 200_000, 5_000_000))},
        )
        limits[role] = replace(ample[role], **chance.choice(little))
        await asyncio.sleep(chance.uniform(0.05, 0.3))
        limits[role] = ample[role]
        await asyncio.sleep(chance.uniform(0.05, 0.3))


async def _load(service: Service, end: float, found: Weather) -> None:
    """Sessions of a day before the range that is asked for: what was kept goes, and no number changes."""
    day = datetime(2026, 1, 1, tzinfo=UTC)
    while time.monotonic() < end:
        number = found.outcomes["loads"]
        late = replace(world.SESSIONS[0], id=str(10**9 + number), start=day + timedelta(seconds=number))
        await asyncio.to_thread(world.load, service.warehouse, world.World((), (), (late,), ()))
        found.outcomes["loads"] += 1
        await asyncio.sleep(0.2)


def _shown(body: dict[str, Any]) -> dict[str, Any]:
    """An answer without what may differ: ids of errors, and notes on how fresh the data is."""
    return {name: part for name, part in body.items() if name in ("data", "errors")}
