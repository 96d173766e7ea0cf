"""Forty questions, asked with seven tokens through every door: equal numbers, equal masks, equal refusals.

The command line asks by role instead of by token, so it is compared for the three roles. An embed runs published
operations only: these are compared with what a viewer of the same scope is answered.
"""

import json
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
import typer

from schema.roles import Role
from server.answering.operations import published
from server.answering.service import Service
from server.cli import app
from server.identity.principal import Grant, Use
from server.local_session import LocalSession
from tests.clients.doors import REFUSED, Answer, Asked, Doors, canonical
from tests.integration.resolvers.conftest import ADMIN, ANALYST, VIEWER, bearer, token_of
from tests.integration.server.sockets import Host
from tests.support.npm_packages import WITH_NODE, run

TOKENS = {
    "admin": ADMIN,
    "analyst": ANALYST,
    "viewer": VIEWER,
    "germany": token_of(Role.ANALYST, {"country": ("DE",)}),
    "drama": token_of(Role.VIEWER, {"genre": ("Drama",)}),
    "embed": token_of(Role.EMBED, grant=Grant(("DailyTrends",), use=Use.SESSION)),
    "ended": token_of(Role.VIEWER, ttl=timedelta(minutes=-5)),
}
# Tokens that allow what a role does, and no less.
ROLES = ("admin", "analyst", "viewer")
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
def test_a_question(
    python_package: Any, project: Path, host: Host, service: Service, tmp_path: Path, seed: int
) -> None:
    doors, question = Doors(host, python_package), asked(seed)
    command = (WITH_NODE, "node", "doors.mjs", doors.url, json.dumps(question.question), *TOKENS.values())
    scripted = [json.loads(line) for line in run(project, *command).splitlines()]
    for (name, token), by_script in zip(TOKENS.items(), scripted, strict=True):
        expected = doors.post(question, token)
        assert expected or name != "admin", "the question finds nothing"
        assert (expected if isinstance(expected, str) else None) == REFUSALS.get(name)
        answers: dict[str, Answer] = {door: ask(question, token) for door, ask in doors.all.items()}
        if name in ROLES:
            answers["command line"] = by_command(service, tmp_path, question, name)
        for door, answer in {**answers, "TypeScript": by_script}.items():
            assert same(answer, expected, rounded="xlsx" in door), (door, name, question.document)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("operation", ["Countries", "DailyTrends", "Devices", "Genres", "TopMovies"])
def test_an_embed_shows_what_a_viewer_of_its_scope_is_answered(host: Host, operation: str, seed: int) -> None:
    chance, question = Random(seed), asked(seed)
    scope = chance.choice(({}, {"country": ("DE", "US")}, {"genre": ("Drama",)}))
    fixed = {"range": {"last": question.last}, "timeZone": question.zone, "where": question.where}
    token = token_of(Role.EMBED, scope, Grant((operation,), fixed, use=Use.SESSION))
    # What the embed's page asks.
    shown = sent(host, "GET", f"/api/{operation}", token)
    document = {"query": published()[operation].document, "variables": fixed}
    answered = sent(host, "POST", "/graphql", token_of(Role.VIEWER, scope), json=document)
    assert shown["data"] == answered["data"]
    # A scope by genre can't count users.
    refused = operation == "Countries" and "genre" in scope
    codes = [[one["extensions"]["code"] for one in body.get("errors", ())] for body in (shown, answered)]
    assert codes == [["FORBIDDEN"] if refused else []] * 2


def sent(host: Host, method: str, path: str, token: str, **more: Any) -> dict[str, Any]:
    """The body of a response."""
    url = f"http://127.0.0.1:{host.port}{path}"
    body: dict[str, Any] = httpx.request(method, url, headers=bearer(token), timeout=60, trust_env=False, **more).json()
    return body


def by_command(service: Service, folder: Path, question: Asked, role: str) -> Answer:
    """`marquee query viewing`, as the process that holds the warehouse runs it for another."""
    printed: list[str] = []
    session = LocalSession(service.settings, folder, out=printed.append, lent=service.warehouse)
    options = [f"--{'time-zone' if name == 'timeZone' else name}={text}" for name, text in question.parameters.items()]
    arguments = ["query", "viewing", "--role", role, "--format", "json", *options]
    typer.main.get_command(app).main(args=arguments, prog_name="marquee", standalone_mode=False, obj=session)
    return list(json.loads("\n".join(printed))["viewing"]["rows"])


def same(answer: Answer, expected: Answer, rounded: bool) -> bool:
    """Whether a door says what POST says; a workbook's numbers have 16 digits."""
    if isinstance(answer, str) or isinstance(expected, str):
        return answer in (expected, REFUSED) and isinstance(expected, str)
    shown = canonical(expected)
    return canonical(answer) == ([_rounded(row) for row in shown] if rounded else shown)


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    return {name: float(f"{cell:.16g}") if isinstance(cell, float) else cell for name, cell in row.items()}
