"""A process that is killed in the middle of a load leaves no wrong number: opening takes the half-done load back."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.warehouse.test_loads import SESSIONS, WORLD, facts_and_rollups, truth
from tests.integration.warehouse.test_quarantined_rows_are_released import counts, in_quarantine
from tests.integration.warehouse.worlds import film_row, load, person_row
from warehouse import open_warehouse

# Loads half of the sessions, then the other half, and dies when a statement that begins with `sys.argv[2]` comes for
# the `sys.argv[3]`-th time in the second load.
VICTIM = """
import os, signal, sys
from tests.integration.warehouse.test_loads import SESSIONS
from tests.integration.warehouse.worlds import load
from warehouse import open_warehouse
from warehouse.engine import Engine

left = int(sys.argv[3])
def dying(run):
    def command(self, sql, *rest, **settings):
        global left
        if sql.lstrip().startswith(sys.argv[2]):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return run(self, sql, *rest, **settings)
    return command

with open_warehouse(sys.argv[1]) as warehouse:
    load(warehouse, "viewing_sessions", SESSIONS[:150])
    Engine.command = dying(Engine.command)
    load(warehouse, "viewing_sessions", SESSIONS[150:])
"""


@pytest.mark.parametrize(
    ("statement", "times", "survives"),
    [
        ("INSERT INTO viewing_sessions_staging", 1, False),
        ("INSERT INTO loads", 2, False),
        ("ALTER TABLE country_analytics ATTACH", 1, False),
        ("ALTER TABLE genre_analytics ATTACH", 1, False),
        ("ALTER TABLE viewing_sessions ATTACH", 1, False),
        ("ALTER TABLE viewing_sessions ATTACH", 2, False),
        ("INSERT INTO loads", 3, False),
        ("TRUNCATE TABLE movie_analytics_staging", 2, True),
    ],
)
def test_a_kill_at_any_step_leaves_whole_loads_only(tmp_path: Path, statement: str, times: int, survives: bool) -> None:
    address = f"chdb://{tmp_path / 'warehouse'}"
    with open_warehouse(address) as warehouse:
        load(warehouse, "movies", [film_row(film) for film in WORLD.films.values()])
        load(warehouse, "users", [person_row(person) for person in WORLD.people.values()])
    command = [sys.executable, "-c", VICTIM, address, statement, str(times)]
    died = subprocess.run(command, cwd=Path(__file__).parents[3], env={**os.environ, "PYTHONPATH": "."}, check=False)
    assert died.returncode == -signal.SIGKILL
    kept = SESSIONS if survives else SESSIONS[:150]
    expected = len(kept), sum(row["watch_minutes_e4"] for row in kept), len({row["user_id"] for row in kept})
    with open_warehouse(address) as warehouse:
        assert facts_and_rollups(warehouse) == [expected] * 7
        load(warehouse, "viewing_sessions", SESSIONS)
        assert facts_and_rollups(warehouse) == [truth()] * 7


@pytest.mark.parametrize("statement", ["EXCHANGE TABLES movies", "SYSTEM RELOAD DICTIONARY movies_dictionary"])
def test_a_kill_while_films_are_corrected_carries_the_correction_through(tmp_path: Path, statement: str) -> None:
    address = f"chdb://{tmp_path / 'warehouse'}"
    with open_warehouse(address) as warehouse:
        load(warehouse, "movies", [{**film_row(film), "genres": ["Lost"]} for film in WORLD.films.values()])
        load(warehouse, "users", [person_row(person) for person in WORLD.people.values()])
    victim = VICTIM.replace(
        'load(warehouse, "viewing_sessions", SESSIONS[150:])',
        'load(warehouse, "movies", [{**film_row(film), "genres": ["Found"]} for film in WORLD.films.values()])',
    ).replace("import load\n", "import film_row, load\nfrom tests.integration.warehouse.test_loads import WORLD\n")
    command = [sys.executable, "-c", victim, address, statement, "1"]
    died = subprocess.run(command, cwd=Path(__file__).parents[3], env={**os.environ, "PYTHONPATH": "."}, check=False)
    assert died.returncode == -signal.SIGKILL
    with open_warehouse(address) as warehouse:
        found = warehouse.engine.query("SELECT genre, sum(views) FROM genre_analytics GROUP BY genre")
        assert [tuple(row) for row in found.rows] == [("Found", 150)]


@pytest.mark.parametrize(
    ("statement", "times", "released"),
    [
        ("INSERT INTO viewing_sessions_staging", 1, False),
        ("ALTER TABLE viewing_sessions ATTACH", 1, False),
        ("INSERT INTO loads", 6, False),  # the retry is about to be done
        ("DELETE FROM rejected_rows", 1, True),  # it is, and the quarantine does not know yet
        ("INSERT INTO rejected_rows", 2, True),
        ("DELETE FROM rejected_rows", 2, True),
    ],
)
def test_a_kill_while_rows_leave_the_quarantine_loses_none_and_loads_none_twice(
    tmp_path: Path, statement: str, times: int, released: bool
) -> None:
    address = f"chdb://{tmp_path / 'warehouse'}"
    with open_warehouse(address) as warehouse:
        load(warehouse, "movies", [film_row(film) for film in WORLD.films.values()])
    victim = VICTIM.replace(
        'load(warehouse, "viewing_sessions", SESSIONS[150:])',
        'load(warehouse, "users", [person_row(person) for person in WORLD.people.values()])',
    ).replace("import load\n", "import load, person_row\nfrom tests.integration.warehouse.test_loads import WORLD\n")
    command = [sys.executable, "-c", victim.replace("[:150]", ""), address, statement, str(times)]
    died = subprocess.run(command, cwd=Path(__file__).parents[3], env={**os.environ, "PYTHONPATH": "."}, check=False)
    assert died.returncode == -signal.SIGKILL
    with open_warehouse(address) as warehouse:
        assert counts(warehouse, 2) == ((300, 300, 0, 0) if released else (300, 0, 0, 300))
        assert len(in_quarantine(warehouse)) == (0 if released else 300)
        assert [one.accepted for one in warehouse.retry()] == ([] if released else [300])
        assert in_quarantine(warehouse) == []
        assert facts_and_rollups(warehouse) == [truth()] * 7
