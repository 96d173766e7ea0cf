"""A backup taken while rows are loaded holds one moment, and is restored as it was, without those forgotten since."""

import re
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.integration.warehouse.forgettable import CENTRE, ID, WORLD, differences, key_of
from tests.integration.warehouse.modes import HASH_KEY, embedded
from tests.integration.warehouse.worlds import Session, load, session_row
from warehouse import Warehouse, open_warehouse
from warehouse.access import SYSTEM
from warehouse.backup.backup import BackupDone, back_up
from warehouse.backup.manifest import DATA, read_manifest
from warehouse.backup.restore import restore
from warehouse.backup.server_backup import back_up_server
from warehouse.engine.folder import FolderLock
from warehouse.errors import BadInput
from warehouse.forgetting.forgotten_file import file_of
from warehouse.model.facts import FACTS
from warehouse.query.masked_source import fact_source, read
from warehouse.query.parameters import Parameters

pytestmark = pytest.mark.slow

# What a restored warehouse must have as it was, row by row; rollups are compared with the facts.
_PLAIN = (
    *("viewing_sessions", "ratings", "movies", "users", "movies_versions", "users_versions", "loads", "rejected_rows"),
    *("viewing_sessions_undone", "ratings_undone", "forgotten", "revoked_tokens", "ingest_requests"),
)
BY = "a test"


@pytest.fixture
def settled(forgettable_folder: Path, tmp_path: Path) -> Iterator[Warehouse]:
    """A warehouse with everybody in it."""
    shutil.copytree(forgettable_folder, tmp_path / "warehouse", symlinks=True)
    with embedded(tmp_path) as warehouse:
        yield warehouse


def backed_up(warehouse: Warehouse, dest: Path, incremental: bool = False) -> BackupDone:
    return back_up(warehouse.engine, folder_of(warehouse), dest, incremental, warehouse.held_still())


def folder_of(warehouse: Warehouse) -> Path:
    return Path(str(warehouse.address).removeprefix("chdb://"))


def contents(warehouse: Warehouse) -> dict[str, tuple[int, int]]:
    """The rows of the plain tables: how many, and a sum of what is in them."""
    return {
        table: tuple(warehouse.engine.query(f"SELECT count(), sum(cityHash64(*)) FROM {table} FINAL").rows[0])
        if table == "loads"
        else tuple(warehouse.engine.query(f"SELECT count(), sum(cityHash64(*)) FROM {table}").rows[0])
        for table in _PLAIN
    }


def rows_of(warehouse: Warehouse, key: int) -> int:
    """The sessions of a person, and the person."""
    sql = (
        "SELECT (SELECT count() FROM viewing_sessions WHERE user_key = {key:UInt32}) + countIf(user_key = {key:UInt32})"
    )
    rows: int = warehouse.engine.query(f"{sql} FROM users_versions", {"key": key}).scalar()
    return rows


def restored(backup: Path, parent: Path, is_replacing: bool = False) -> Iterator[Warehouse]:
    """The warehouse of a backup, restored below a folder and open."""
    parent.mkdir(exist_ok=True)
    opened: list[Warehouse] = []

    def opening() -> Warehouse:
        lock.release()
        opened.append(open_warehouse(f"chdb://{parent / 'warehouse'}", hash_key=lambda: HASH_KEY))
        return opened[0]

    lock = FolderLock(parent / "warehouse")
    try:
        done = restore(backup, parent / "warehouse", is_replacing, opening)
        assert done.differing == {}
        yield opened[0]
    finally:
        lock.release()
        for one in opened:
            one.close()


def past_of_others(warehouse: Warehouse, key: int) -> list[tuple[int, ...]]:
    """As of each load: the sessions of all but one person, and a sum of what they watched."""
    found = []
    for load_id in range(1, warehouse.engine.query("SELECT max(load_id) FROM loads").scalar() + 1):
        parameters = Parameters()
        source = read(fact_source(FACTS["viewing"], load_id), ("user_key", "watch_minutes_e4"), SYSTEM, parameters)
        sql = f"SELECT countIf(user_key != {key}), sumIf(watch_minutes_e4, user_key != {key}) FROM {source}"
        found.append(tuple(warehouse.engine.query(sql, parameters.values).rows[0]))
    return found


def test_a_restored_backup_is_what_was_there(settled: Warehouse, tmp_path: Path) -> None:
    settled.undo(max(load_id for (load_id,) in settled.engine.query("SELECT load_id FROM ratings").rows))
    before = contents(settled)
    done = backed_up(settled, tmp_path / "backups")
    load(settled, "viewing_sessions", [session_row(replaced(9_000_001))])
    settled.close()
    for again in restored(done.path, tmp_path / "again"):
        assert contents(again) == before
        assert differences(again) == []
        assert done.manifest.tables["viewing_sessions"] == before["viewing_sessions"][0]


def replaced(number: int) -> Session:
    """A session that is not there yet."""
    return replace(WORLD.sessions[0], number=number, start=CENTRE)


def test_loads_go_on_while_a_backup_is_made_and_it_holds_one_moment(settled: Warehouse, tmp_path: Path) -> None:
    """Every load has one session, so the ledger in the backup says which sessions must be in it."""
    ending, failed = threading.Event(), []

    def keep_loading() -> None:
        number = 9_000_000
        try:
            while not ending.is_set():
                number += 1
                load(settled, "viewing_sessions", [session_row(replaced(number))])
        except Exception as error:
            failed.append(error)
            raise

    loading = threading.Thread(target=keep_loading)
    loading.start()
    try:
        first = backed_up(settled, tmp_path / "backups")
        second = backed_up(settled, tmp_path / "backups", incremental=True)
    finally:
        ending.set()
        loading.join()
    settled.close()
    assert failed == []
    assert second.manifest.last_load >= first.manifest.last_load
    for done in (first, second):
        for again in restored(done.path, tmp_path / done.path.name):
            accepted, stored = again.engine.query(
                "SELECT (SELECT sum(accepted) FROM loads FINAL WHERE state = 'done' AND table = 'viewing_sessions'), "
                "(SELECT count() FROM viewing_sessions)"
            ).rows[0]
            assert accepted == stored
            assert differences(again) == []
            assert again.repairs.recovered == []


def test_an_incremental_backup_shares_what_is_unchanged_and_stands_alone(settled: Warehouse, tmp_path: Path) -> None:
    dest = tmp_path / "backups"
    first = backed_up(settled, dest)
    load(settled, "viewing_sessions", [session_row(replaced(9_000_001))])
    before = contents(settled)
    second = backed_up(settled, dest, incremental=True)
    settled.close()
    assert first.linked_bytes == 0
    assert second.linked_bytes > second.manifest.size_bytes / 2
    shared = [
        name
        for name in first.manifest.files
        if name in second.manifest.files
        and (first.path / DATA / name).stat().st_ino == (second.path / DATA / name).stat().st_ino
    ]
    assert sum(first.manifest.files[name] for name in shared) == second.linked_bytes
    shutil.rmtree(first.path)
    for again in restored(second.path, tmp_path / "again"):
        assert contents(again) == before


def test_using_what_was_restored_leaves_the_backup_as_it_is(settled: Warehouse, tmp_path: Path) -> None:
    done = backed_up(settled, tmp_path / "backups")
    settled.close()
    for again in restored(done.path, tmp_path / "again"):
        again.forget(ID, BY)
        again.engine.command("OPTIMIZE TABLE viewing_sessions FINAL")
    for twice in restored(done.path, tmp_path / "twice"):
        assert rows_of(twice, key_of(twice)) > 0


@pytest.mark.parametrize("harm", ["cut", "removed", "no manifest"])
def test_a_damaged_backup_is_refused_before_anything_is_touched(settled: Warehouse, tmp_path: Path, harm: str) -> None:
    done = backed_up(settled, tmp_path / "backups")
    settled.close()
    name = max(done.manifest.files, key=lambda one: done.manifest.files[one])
    if harm == "cut":
        with (done.path / DATA / name).open("rb+") as file:
            file.truncate(1)
    elif harm == "removed":
        (done.path / DATA / name).unlink()
    else:
        (done.path / "backup.json").unlink()
    with pytest.raises(BadInput, match=r"is damaged: |is not a backup"):
        next(restored(done.path, tmp_path / "again"))
    assert list((tmp_path / "again" / "warehouse").iterdir()) == []


def test_a_warehouse_that_is_there_is_not_replaced_unless_asked(settled: Warehouse, tmp_path: Path) -> None:
    done = backed_up(settled, tmp_path / "backups")
    load(settled, "viewing_sessions", [session_row(replaced(9_000_001))])
    settled.close()
    with pytest.raises(BadInput, match=r"holds a warehouse\. Add --replace"):
        next(restored(done.path, tmp_path))
    for again in restored(done.path, tmp_path, is_replacing=True):
        assert again.engine.query("SELECT count() FROM viewing_sessions").scalar() == len(WORLD.sessions)
    (aside,) = tmp_path.glob("warehouse.replaced-*")
    (tmp_path / "old").mkdir()
    aside.rename(tmp_path / "old" / "warehouse")
    with embedded(tmp_path / "old") as before:
        assert before.engine.query("SELECT count() FROM viewing_sessions").scalar() == len(WORLD.sessions) + 1


def test_a_backup_within_the_warehouse_is_refused(settled: Warehouse) -> None:
    with pytest.raises(BadInput, match="is within the warehouse"):
        backed_up(settled, folder_of(settled) / "backups")


def test_who_was_forgotten_after_the_backup_stays_forgotten(settled: Warehouse, tmp_path: Path) -> None:
    """Restored elsewhere, from the tombstones of a later backup beside it."""
    key = key_of(settled)
    settled.undo(max(load_id for (load_id,) in settled.engine.query("SELECT load_id FROM viewing_sessions").rows))
    old, before = backed_up(settled, tmp_path / "backups"), past_of_others(settled, key)
    settled.forget(ID, BY)
    backed_up(settled, tmp_path / "backups")
    settled.close()
    for again in restored(old.path, tmp_path / "elsewhere"):
        assert rows_of(again, key) == 0
        # As of any load, everybody else's answers are what they were.
        assert past_of_others(again, key) == before
        assert max(before) > min(before)
        assert differences(again) == []
        assert again.engine.query("SELECT count() FROM forgotten").scalar() == 1


def test_a_copy_put_back_by_hand_brings_nobody_back(settled: Warehouse, tmp_path: Path) -> None:
    """Copied while it was closed, as anybody may do; the file of tombstones stands beside the folder."""
    key = key_of(settled)
    settled.close()
    folder = tmp_path / "warehouse"
    shutil.copytree(folder, tmp_path / "copy", symlinks=True)
    with embedded(tmp_path) as warehouse:
        warehouse.forget(ID, BY)
    assert len(file_of(folder).read_text().split()) == 1
    shutil.rmtree(folder)
    (tmp_path / "copy").rename(folder)
    with embedded(tmp_path) as warehouse:
        assert rows_of(warehouse, key) == 0


def test_a_person_of_whom_a_copy_has_nothing_is_kept_out_all_the_same(settled: Warehouse, tmp_path: Path) -> None:
    settled.close()
    folder = tmp_path / "warehouse"
    shutil.copytree(folder, tmp_path / "copy", symlinks=True)
    with embedded(tmp_path) as warehouse:
        warehouse.forget(18_000_000_000_000_000_001, BY)
        (tombstone,) = warehouse.engine.query("SELECT hex(tombstone) FROM forgotten").rows
    shutil.rmtree(folder)
    (tmp_path / "copy").rename(folder)
    with embedded(tmp_path) as warehouse:
        assert warehouse.engine.query("SELECT hex(tombstone) FROM forgotten").rows == [tombstone]


def test_what_a_killed_backup_left_is_removed(settled: Warehouse, tmp_path: Path) -> None:
    folder = folder_of(settled)
    settled.engine.command("ALTER TABLE users FREEZE WITH NAME 'marquee_0123'")
    assert any(folder.glob("shadow/marquee_*"))
    settled.close()
    with embedded(tmp_path):
        assert not any(folder.glob("shadow/marquee_*"))


def test_a_backup_leaves_nothing_behind_in_the_warehouse(settled: Warehouse, tmp_path: Path) -> None:
    done = backed_up(settled, tmp_path / "backups")
    assert not any(folder_of(settled).glob("shadow/marquee_*"))
    assert [path.name for path in (tmp_path / "backups").iterdir()] == [done.path.name]
    assert read_manifest(done.path) == done.manifest
    assert (tmp_path / "backups").stat().st_mode & 0o777 == 0o700


def test_a_server_backs_up_itself(settled: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """No server is at hand, and the embedded engine has no BACKUP: what would be sent is looked at."""
    sent: list[str] = []
    command, rows = settled.engine.command, len(WORLD.sessions)

    def looking(sql: str, *given: object, **settings: object) -> None:
        if not sql.startswith("BACKUP"):
            command(sql, *given, **settings)  # type: ignore[arg-type]
            return
        sent.append(sql)
        # Loads go on while the server writes, and what it writes stays of the moment.
        load(settled, "viewing_sessions", [{**session_row(WORLD.sessions[0]), "id": 800_001}])
        (aside,) = re.findall(r"TABLE `marquee`.`(\w+)` AS `marquee`.`viewing_sessions`,", sql)
        assert settled.engine.query(f"SELECT count() FROM {aside}").scalar() == rows

    monkeypatch.setattr(settled.engine, "command", looking)
    back_up_server(settled.engine, "disk:backups/marquee", False, settled.held_still())
    assert len(sent) == 1
    assert re.search(r"AS `marquee`.`users_versions`.* TO Disk\('backups', 'marquee/2", sent[0])
    assert "AS `marquee`.`country_analytics`" in sent[0]
    assert "_staging" not in sent[0]
    for place in ("backups", "disk:a'b/c", "disk:backups/../etc", "disk:backups/"):
        with pytest.raises(BadInput, match="is not a place on a server"):
            back_up_server(settled.engine, place, False, settled.held_still())
