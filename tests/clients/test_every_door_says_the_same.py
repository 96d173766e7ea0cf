"""Forty questions and as many of published operations, asked with eight tokens through every door: equal numbers, equal
masks, equal refusals. What is expected is a recount in plain Python over the rows that were loaded.

Browsers are asked in `test_browsers_say_the_same.py`. The command line asks by role instead of by token, so it is
compared for the three roles.
"""

import json
from pathlib import Path
from typing import Any

import pytest
import typer

from server.answering.service import Service
from server.cli import app
from server.commands.local_session import LocalSession
from tests.clients.asked_questions import ASKERS, OPERATIONS, ROLES, TOKENS, asked, counted, counted_panel
from tests.clients.doors import REFUSED, Answer, Doors, canonical
from tests.integration.server.sockets import Host
from tests.oracle.difference import difference
from tests.support.node import printed

REFUSALS = {"embed": "FORBIDDEN", "ended": "UNAUTHENTICATED"}
# An embed's session is refused by what takes any document.
FOR_DOCUMENTS = ("POST", "GET", "TypeScript")


@pytest.fixture(scope="module")
def service(counted_service: Service) -> Service:
    """The service over the rows that the oracle counts."""
    return counted_service


@pytest.mark.sampled(1)
@pytest.mark.parametrize("seed", range(40))
def test_a_question(
    python_package: Any, project: Path, host: Host, service: Service, tmp_path: Path, seed: int
) -> None:
    doors, question = Doors(host, python_package), asked(seed)
    scripted = by_script(project, doors, "viewing", question.question)
    for name, token in TOKENS.items():
        answers: dict[str, Answer] = {door: ask(question, token) for door, ask in doors.all.items()}
        answers["TypeScript"] = scripted[name]
        if name in ROLES:
            answers["command line"] = by_command(service, tmp_path, "viewing", question.parameters, name)
        expected = REFUSALS.get(name) or counted(question, name)
        assert expected or name != "admin", "the question finds nothing"
        agree(answers, expected, f"{name} asks {question.document}")


@pytest.mark.sampled(1)
@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_published_operation(
    python_package: Any, project: Path, host: Host, service: Service, tmp_path: Path, operation: str, seed: int
) -> None:
    doors, question = Doors(host, python_package), asked(seed)
    root = operation[0].lower() + operation[1:]
    scripted = by_script(project, doors, operation, question.variables)
    for name, token in TOKENS.items():
        answers = {door: ask(question, token) for door, ask in doors.of_operation(operation, root).items()}
        answers["TypeScript"] = scripted[name]
        if name in ROLES:
            answers["command line"] = by_command(service, tmp_path, operation, question.texts, name)
        if name == "embed":
            assert [answers.pop(door) for door in FOR_DOCUMENTS] == ["FORBIDDEN"] * len(FOR_DOCUMENTS)
        # It counts registered people, whom a scope by genre can't limit.
        is_beyond = (name, operation) == ("war", "Countries")
        refusal = "UNAUTHENTICATED" if name == "ended" else "FORBIDDEN" if is_beyond else None
        expected = refusal or counted_panel(operation, question.variables, ASKERS[name])
        agree(answers, expected, f"{name} asks {operation} with {question.variables}")


def agree(answers: dict[str, Answer], expected: Answer, told: str) -> None:
    """Hold the first door to the recount, and all others to the first, to the last digit; a workbook's numbers have 16
    digits. A protocol without codes says only that it refused."""
    first, shown = next(iter(answers)), next(iter(answers.values()))
    if isinstance(expected, str):
        wrong = {door: answer for door, answer in answers.items() if answer not in (expected, REFUSED)}
        assert not wrong, (told, expected)
        return
    assert not isinstance(shown, str), (first, told, shown)
    assert difference(canonical(expected), canonical(shown)) is None, (first, told)
    exact = canonical(shown)
    for door, answer in answers.items():
        assert not isinstance(answer, str), (door, told, answer)
        assert canonical(answer) == ([_rounded(row) for row in exact] if "xlsx" in door else exact), (door, told)


def by_script(project: Path, doors: Doors, operation: str, given: dict[str, Any]) -> dict[str, Answer]:
    """The TypeScript client in Node, by token."""
    command = ("node", "doors.mjs", doors.url, operation, json.dumps(given), *TOKENS.values())
    return dict(zip(TOKENS, map(json.loads, printed(project, *command).splitlines()), strict=True))


def by_command(service: Service, folder: Path, operation: str, texts: dict[str, str], role: str) -> Answer:
    """`marquee query`, as the process that holds the warehouse runs it for another."""
    told: list[str] = []
    session = LocalSession(service.settings, folder, out=told.append, home=folder, lent=service.warehouse)
    options = [f"--{'time-zone' if name == 'timeZone' else name}={text}" for name, text in texts.items()]
    arguments = ["query", operation, "--role", role, "--format", "json", *options]
    typer.main.get_command(app).main(args=arguments, prog_name="marquee", standalone_mode=False, obj=session)
    (found,) = json.loads("\n".join(told)).values()
    return list(found["rows"] if operation == "viewing" else found)


def _rounded(row: dict[str, Any]) -> dict[str, Any]:
    return {name: float(f"{cell:.16g}") if isinstance(cell, float) else cell for name, cell in row.items()}
