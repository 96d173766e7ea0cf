"""Other users of the machine can read nothing: neither files, nor sockets, nor the arguments of commands."""

import json
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from schema.roles import Role
from server.commands.relay import Relay
from tests.integration.resolvers.conftest import token_of
from tests.integration.server.commands import Place
from warehouse.engine.folder import FolderLock
from warehouse.engine.private_folder import make_private, runtime_folder
from warehouse.errors import Unavailable


@pytest.fixture
def open_umask() -> Iterator[None]:
    """A umask that hides nothing."""
    before = os.umask(0)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    """What below a folder others may read, write or enter."""
    paths = [path for path in (folder, *folder.rglob("*")) if not path.is_symlink()]
    modes = {str(path.relative_to(folder)): stat.S_IMODE(path.stat().st_mode) for path in paths}
    return [f"{mode:o} {name}" for name, mode in modes.items() if mode & 0o077]


@pytest.mark.slow
@pytest.mark.usefixtures("open_umask")
def test_nothing_that_a_command_makes_can_be_read_by_others(tmp_path: Path) -> None:
    place = Place(tmp_path)
    (tmp_path / "films.ndjson").write_text('{"id": 1, "title": "Metropolis"}\n')
    with place.serving() as served:
        assert served.address
        assert place.run("ingest", "load", "movies", "films.ndjson").returncode == 0
        assert open_to_others(tmp_path / ".marquee") == []
    assert open_to_others(tmp_path / ".marquee") == []


def test_a_folder_that_others_may_enter_is_refused_with_what_mends_it(tmp_path: Path) -> None:
    folder = tmp_path / "warehouse"
    for mode in (0o755, 0o750, 0o701):
        folder.mkdir(exist_ok=True)
        folder.chmod(mode)
        with pytest.raises(Unavailable, match=f"chmod 700 {folder}"):
            FolderLock(folder)
    folder.chmod(0o700)
    FolderLock(folder).release()


@pytest.mark.usefixtures("open_umask")
def test_a_folder_is_made_for_its_owner_whatever_the_umask(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path / "warehouse")
    assert open_to_others(tmp_path / "warehouse") == []
    assert stat.S_IMODE(lock.path.stat().st_mode) == 0o600
    lock.release()


def test_no_token_is_among_arguments_or_in_the_lock_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token = token_of(Role.VIEWER)
    done = Place(tmp_path).run("token", "revoke", token)
    assert done.returncode == 1
    assert "send the token on stdin" in done.stderr
    assert token not in done.stderr
    monkeypatch.setattr(sys, "argv", ["marquee", "token", "revoke", token])
    lock = FolderLock(tmp_path / "warehouse")
    note = json.loads(lock.path.read_text())
    lock.release()
    assert note["command"] == "marquee token revoke ..."


def test_a_socket_with_a_long_path_is_in_a_folder_of_its_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with TemporaryDirectory(dir="/tmp") as short:
        monkeypatch.setenv("XDG_RUNTIME_DIR", short)
        relay = Relay(tmp_path / ("x" * 100) / "warehouse", lambda *_: 0)
        try:
            assert relay.path.parent == Path(short) / f"marquee-{os.geteuid()}"
            assert open_to_others(relay.path.parent) == []
        finally:
            relay.close()


def test_a_folder_for_sockets_that_somebody_else_prepared_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    folder = tmp_path / f"marquee-{os.geteuid()}"
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(Unavailable, match="not yours alone"):
        runtime_folder()
    folder.rmdir()
    make_private(tmp_path / "elsewhere")
    folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Unavailable, match="not yours alone"):
        runtime_folder()
