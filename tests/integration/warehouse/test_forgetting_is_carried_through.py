"""A process that is killed while it forgets leaves a warehouse that opens, even without the key, and has forgotten."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.integration.warehouse.forgettable import FILES, ID, OTHERS, contents, differences, mine
from tests.integration.warehouse.killable_process import Death, Killed, Victim
from tests.integration.warehouse.modes import embedded
from tests.integration.warehouse.traces import files_of_no_active_part, traces_in_tables
from tests.integration.warehouse.worlds import load
from warehouse import Warehouse, open_warehouse
from warehouse.engine.engine import Engine
from warehouse.errors import Unavailable

pytestmark = pytest.mark.slow

# The person is the last of the users' file.
KEY = 24


def be_forgotten(warehouse: Warehouse) -> None:
    warehouse.forget(ID, by="victim")


@pytest.mark.parametrize(
    ("statement", "times"),
    [
        ("INSERT INTO users_next", 1),  # the twins are half made
        ("EXCHANGE TABLES genre_analytics", 1),  # some rollups have forgotten, the facts have not
        ("EXCHANGE TABLES viewing_sessions", 1),  # rejected rows have, who the person was is still known
        ("SYSTEM RELOAD DICTIONARY", 1),  # the tables have, the memory has not
        ("DROP TABLE users_next", 1),  # what was exchanged is still on disk
        ("TRUNCATE TABLE forgetting", 1),  # it is recorded already
    ],
)
def test_a_kill_at_any_step_ends_with_the_person_forgotten(
    forgettable_folder: Path, tmp_path: Path, statement: str, times: int
) -> None:
    folder = tmp_path / "warehouse"
    shutil.copytree(forgettable_folder, folder, symlinks=True)
    with Victim(f"chdb://{folder}").opened() as victim, pytest.raises(Killed):
        victim.ask(be_forgotten, death=Death(statement, times))
    with open_warehouse(f"chdb://{folder}") as warehouse:
        assert traces_in_tables(warehouse, KEY) == set()
        assert files_of_no_active_part(warehouse, folder) == set()
        assert differences(warehouse) == []
        assert contents(warehouse)["viewing_sessions"][0][0] == len(OTHERS.sessions)
        recorded = warehouse.engine.query("SELECT by, removed['viewing_sessions'] FROM forgotten").rows
        assert [tuple(row) for row in recorded] == [("victim", len(mine()))]
        with pytest.raises(Unavailable, match="hash key"):
            load(warehouse, "users", FILES["users"])


def test_a_failure_before_the_exchange_removes_nothing_and_leaves_nothing(
    forgettable_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(forgettable_folder, tmp_path / "warehouse", symlinks=True)
    with embedded(tmp_path) as warehouse:
        before = contents(warehouse)
        _fail_at(monkeypatch, "INSERT INTO country_analytics_next")
        with pytest.raises(Unavailable, match="full"):
            warehouse.forget(ID, by="tester")
        monkeypatch.undo()
        assert contents(warehouse) == before
        for table in ("forgetting", "forgotten"):
            assert warehouse.engine.query(f"SELECT count() FROM {table}").scalar() == 0
        assert warehouse.engine.query("SELECT count() FROM system.tables WHERE endsWith(name, '_next')").scalar() == 0
        assert warehouse.forget(ID, by="tester").removed["viewing_sessions"] == len(mine())


def test_a_failure_amid_the_exchange_is_carried_through_by_the_next_load(
    forgettable_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(forgettable_folder, tmp_path / "warehouse", symlinks=True)
    with embedded(tmp_path) as warehouse:
        _fail_at(monkeypatch, "EXCHANGE TABLES viewing_sessions")
        with pytest.raises(Unavailable, match="full"):
            warehouse.forget(ID, by="tester")
        monkeypatch.undo()
        done = load(warehouse, "users", FILES["users"])
        assert (done.accepted, done.quarantined) == (0, 1)
        assert traces_in_tables(warehouse, KEY) == set()
        assert differences(warehouse) == []


def _fail_at(monkeypatch: pytest.MonkeyPatch, statement: str) -> None:
    """Let the disk be full when a statement that begins so comes."""
    run = Engine.command

    def full(self: Engine, sql: str, *rest: Any, **settings: Any) -> None:
        if sql.startswith(statement):
            raise Unavailable("The disk of the warehouse is full.")
        run(self, sql, *rest, **settings)

    monkeypatch.setattr(Engine, "command", full)
