"""A power cut: what was acknowledged is on the disk, what was not is there whole or not at all."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pyarrow as pa
import pytest

from tests.integration.warehouse.killable_process import Death, Killed, Victim
from tests.integration.warehouse.power_cut import cut_power
from tests.integration.warehouse.random_kills import PowerCuts
from tests.integration.warehouse.story import Step, Story, faults, look, take
from tests.integration.warehouse.test_loads import SESSIONS
from tests.integration.warehouse.test_shared_loads import settle
from tests.integration.warehouse.worlds import load
from warehouse import Warehouse, open_warehouse
from warehouse.engine.engine import Engine
from warehouse.engine.limits import Limits

pytestmark = pytest.mark.slow

# `make prove` cuts two hundred times.
SEED, CUTS = 3, 5
KEPT = "SELECT arrayJoin(data_paths) FROM system.tables WHERE database = currentDatabase() AND name = 'loads'"


def test_power_cuts_at_random_instants_lose_nothing_that_was_acknowledged(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("seed", SEED)
    with PowerCuts(tmp_path / "warehouse", SEED) as cuts:
        while sum(cuts.kills.values()) < CUTS:
            cuts.kill()
        record_property("kills", cuts.kills)
        record_property("files that lost content", cuts.lost)
        assert cuts.lost > 0


def ledger_folders(warehouse: Warehouse) -> list[Path]:
    return [Path(path) for (path,) in warehouse.engine.query(KEPT).rows]


STEPS: dict[str, Callable[[Story], Step]] = {
    "sessions": lambda story: story.sessions(3),
    "films": lambda story: story.films(),
    "ratings": lambda story: story.ratings(),
}


@pytest.mark.sampled(2)
@pytest.mark.parametrize("kind", STEPS)
def test_the_ledger_never_says_more_than_the_disk_holds(tmp_path: Path, kind: str) -> None:
    """Nothing is left but the ledger's last words, that the load is done, and what was synced before them."""
    story, address, synced = Story(Random(1)), f"chdb://{tmp_path / 'warehouse'}", tmp_path / "synced"
    with Victim(address, synced=synced).opened() as victim:
        steps = story.opening()
        for step in steps:
            victim.ask(take, step)
        shown, step = victim.ask(look), STEPS[kind](story)
        spared = victim.ask(ledger_folders)
        with pytest.raises(Killed):
            victim.ask(take, step, death=Death("INSERT INTO loads", 3, after=True))
    assert cut_power(tmp_path / "warehouse", synced, Random(1), spared) >= 0
    with Victim(address).opened() as victim:
        assert victim.ask(faults) == []
        assert victim.ask(look) == step.outcomes(shown)[-1]


@pytest.fixture
def traced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is written and synced, in order."""
    told: list[str] = []
    sync, insert, command = Engine.sync, Engine.insert, Engine.command

    def noted_sync(self: Engine) -> None:
        told.append("sync")
        sync(self)

    def noted_insert(self: Engine, table: str, rows: pa.Table) -> None:
        told.append(f"{table} {rows['state'][0]}" if table == "loads" else table)
        insert(self, table, rows)

    def noted_command(self: Engine, sql: str, *given: object, **settings: object) -> None:
        told.append(" ".join(sql.split()[:4]))
        command(self, sql, *given, **settings)  # type: ignore[arg-type]

    monkeypatch.setattr(Engine, "sync", noted_sync)
    monkeypatch.setattr(Engine, "insert", noted_insert)
    monkeypatch.setattr(Engine, "command", noted_command)
    return told


def test_rows_are_synced_before_the_ledger_and_the_ledger_before_the_receipt(tmp_path: Path, traced: list[str]) -> None:
    with open_warehouse(f"chdb://{tmp_path / 'warehouse'}") as warehouse:
        settle(warehouse)
        traced.clear()
        load(warehouse, "viewing_sessions", SESSIONS)
        receipt = len(traced)
    committing, done = traced.index("loads committing"), traced.index("loads done")
    attached = [place for place, what in enumerate(traced) if what.endswith(" ATTACH")]
    staged = traced.index("INSERT INTO viewing_sessions_staging (id,")
    assert attached
    assert "sync" in traced[staged:committing]
    assert "sync" in traced[committing : attached[0]]
    assert "sync" in traced[attached[-1] : done]
    assert "sync" in traced[done:receipt]


def test_loads_that_can_be_repeated_may_go_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def synced(_: object) -> None:
        raise AssertionError("synced")

    monkeypatch.setattr("warehouse.engine.folder_sync.FolderSync.wait", synced)
    with open_warehouse(f"chdb://{tmp_path / 'warehouse'}", Limits(durable=False)) as warehouse:
        settle(warehouse)
        assert load(warehouse, "viewing_sessions", SESSIONS).accepted == len(SESSIONS)
