"""The Airflow DAG runs commands that there are, with options that they have. Airflow itself runs it in
`integration/spark/test_airflow.py`.
"""

import ast
import shlex
from typing import Any

import pytest
import typer

from server.cli import app
from server.commands.typer_internals import UsageError
from server.pipeline_runs.steps import SPARK_JOBS
from tests.conftest import ROOT

DAG = ast.parse((ROOT / "spark" / "airflow_dag.py").read_text(encoding="utf-8"))


def commands(tree: ast.AST) -> dict[str, str]:
    """The command of each task, by the task's id."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "BashOperator":
            told = {one.arg: ast.literal_eval(one.value) for one in node.keywords if one.arg != "env"}
            found[told["task_id"]] = told["bash_command"]
    return found


TASKS = commands(DAG)
# What the DAG's template makes of its parameters.
RANGE = " --from 2026-01 --to 2026-06"


def parsed(line: str) -> dict[str, Any]:
    """The parameters of a command line, as the command itself would read them."""
    program, *words = shlex.split(line.replace(" $RANGE", RANGE))
    assert program == "marquee"
    command: Any = typer.main.get_command(app)
    while subcommands := getattr(command, "commands", {}):
        command, *words = subcommands.get(words[0]), *words[1:]
        assert command is not None, f"{line}: there is no such command"
    parameters: dict[str, Any] = command.make_context("marquee", words).params
    return parameters


@pytest.mark.parametrize("task", TASKS)
def test_a_task_s_command_is_one_and_takes_what_it_is_given(task: str) -> None:
    assert parsed(TASKS[task])["as_json"] is True


def test_charts_are_ranked_for_the_months_that_are_asked_for() -> None:
    assert (parsed(TASKS["rankings"])["first"], parsed(TASKS["rankings"])["last"]) == ("2026-01", "2026-06")
    assert "execution_timeout" in ast.unparse(DAG)


def test_the_tasks_are_the_steps_of_a_run_but_for_demo_data() -> None:
    assert set(TASKS) == {"load", "verify", *SPARK_JOBS.values()}


@pytest.mark.parametrize(
    "line", ["marquee spark weather", "marquee spark rankings --jsn", "marquee ingest watch --once"]
)
def test_the_check_itself_sees_what_is_no_command(line: str) -> None:
    with pytest.raises((AssertionError, UsageError), match=r"weather|jsn|folder"):
        parsed(line)


def test_the_dag_imports_airflow_and_nothing_of_ours() -> None:
    modules = {node.module for node in ast.walk(DAG) if isinstance(node, ast.ImportFrom)}
    assert modules == {"datetime", "airflow.providers.standard.operators.bash", "airflow.sdk"}
