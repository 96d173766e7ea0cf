"""Bodies of rows of a killed process do not stay on disk, and those of a running one are left alone."""

import fcntl
import os
from pathlib import Path

import pytest

from server.ingesting.inbox import Inbox
from warehouse.engine.address import Embedded, Server

SERVER = Server("127.0.0.1", 8123, "default", "", "marquee", tls=False)


def left(shared: Path) -> set[str]:
    return {path.name for path in shared.glob("*/*.body")}


def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path: Path) -> None:
    shared = tmp_path / "inbox"
    dead = shared / "dead"
    dead.mkdir(parents=True)
    (dead / ".lock").touch()
    (dead / "1.body").write_bytes(b"rows")
    Inbox(SERVER, shared)
    assert list(shared.iterdir()) == []


def test_what_another_process_has_is_left_alone(tmp_path: Path) -> None:
    one = Inbox(SERVER, tmp_path / "inbox")
    path = one.path()
    path.write_bytes(b"rows")
    other = Inbox(SERVER, tmp_path / "inbox")
    assert path.read_bytes() == b"rows"
    assert other.path().parent != path.parent
    held = os.open(path.parent / ".lock", os.O_WRONLY)
    with pytest.raises(BlockingIOError):
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(held)


def test_only_the_owner_may_look_inside_and_nothing_is_in_the_temporary_folder(tmp_path: Path) -> None:
    inbox = Inbox(SERVER, tmp_path / "inbox")
    path = inbox.path()
    assert path.parent.parent == tmp_path / "inbox"
    assert [folder.stat().st_mode & 0o777 for folder in (path.parent, tmp_path / "inbox")] == [0o700, 0o700]
    del inbox
    assert list((tmp_path / "inbox").iterdir()) == []


def test_an_embedded_warehouse_has_its_own_beside_it(tmp_path: Path) -> None:
    inbox = Inbox(Embedded(tmp_path / "warehouse"), tmp_path / "inbox")
    assert inbox.path().parent == tmp_path / "warehouse.inbox"
    assert not (tmp_path / "inbox").exists()
