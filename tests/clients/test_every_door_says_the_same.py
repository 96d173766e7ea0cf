"""Forty questions, asked with seven tokens through every door: equal numbers, equal masks, equal refusals.

Not among the doors here: the command line, which asks without a token. `tests/integration/docs` runs it.
"""

import json
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from schema.roles import Role
from server.identity.principal import Grant
from tests.clients.doors import REFUSED, Answer, Asked, Doors, canonical
from tests.integration.resolvers.conftest import ADMIN, ANALYST, VIEWER, token_of
from tests.integration.server.sockets import Host
from tests.support.npm_packages import WITH_NODE, run

TOKENS = {
    "admin": ADMIN,
    "analyst": ANALYST,
    "viewer": VIEWER,
    "germany": token_of(Role.ANALYST, {"country": ("DE",)}),
    "drama": token_of(Role.VIEWER, {"genre": ("Drama",)}),
    "embed": token_of(Role.EMBED, grant=Grant(("DailyTrends",))),
    "ended": token_of(Role.VIEWER, ttl=timedelta(minutes=-5)),
}
REFUSALS = {"embed": "FORBIDDEN", "ended": "UNAUTHENTICATED"}
MEASURES = ("views", "viewers", "watchHours", "completionRate", "bufferingPerView", "activeTitles", "watchMinutesP50")
GROUPS = ("country", "device", "genre", "gender", "ageBand", "subscription", "quality", "day")
FILTERS: tuple[dict[str, Any], ...] = (
    {},
    {"country": {"in": ["DE", "US"]}},
    {"device": {"ne": "TV"}},
    {"gender": {"eq": "female"}},
    {"not": {"genre": {"eq": "Drama"}}},
)


def asked(seed: int) -> Asked:
    """A random question, the same each time."""
    chance = Random(seed)
    by = chance.sample(GROUPS, chance.randint(1, 2))
    zone = chance.choice(("UTC", "Asia/Kolkata", "America/New_York"))
    measures = chance.sample(MEASURES, chance.randint(1, 3))
    return Asked(measures, by, chance.choice(("P30D", "P1Y")), zone, chance.choice(FILTERS), chance.choice((5, 60)))


@pytest.mark.sampled(1)
@pytest.mark.parametrize("seed", range(40))
def test_a_question(python_package: Any, project: Path, host: Host, seed: int) -> None:
    doors, question = Doors(host, python_package), asked(seed)
    command = (WITH_NODE, "node", "doors.mjs", doors.url, json.dumps(question.question), *TOKENS.values())
    scripted = [json.loads(line) for line in run(project, *command).splitlines()]
    for (name, token), by_script in zip(TOKENS.items(), scripted, strict=True):
        expected = doors.post(question, token)
        assert expected or name != "admin", "the question finds nothing"
        assert (expected if isinstance(expected, str) else None) == REFUSALS.get(name)
        answers: dict[str, Answer] = {door: ask(question, token) for door, ask in doors.all.items()}
        for door, answer in {**answers, "TypeScript": by_script}.items():
            assert same(answer, expected, rounded="xlsx" in door), (door, name, question.document)


def same(answer: Answer, expected: Answer, rounded: bool) -> bool:
    """Whether a door says what POST says; a workbook's numbers have 16 digits."""
    if isinstance(answer, str) or isinstance(expected, str):
        return answer in (expected, REFUSED) and isinstance(expected, str)
    shown = canonical(expected)
    return canonical(answer) == ([_rounded(row) for row in shown] if rounded else shown)


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    return {name: float(f"{cell:.16g}") if isinstance(cell, float) else cell for name, cell in row.items()}
