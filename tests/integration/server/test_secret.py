"""The secret file: made once, readable by its owner only, and never taken where it could have been read."""

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from server.identity.secret import read_secret
from tests.conftest import ROOT
from warehouse.errors import Unavailable


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_is_made_for_its_owner_only_whatever_the_umask(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "secret"
    before = os.umask(0)
    try:
        made = read_secret(path)
    finally:
        os.umask(before)
    assert len(made) == 32
    assert mode(path) == 0o600
    assert read_secret(path) == made
    assert list(path.parent.iterdir()) == [path]


def test_two_secrets_differ(tmp_path: Path) -> None:
    assert read_secret(tmp_path / "a") != read_secret(tmp_path / "b")


@pytest.mark.parametrize("given", [0o640, 0o604, 0o660, 0o666, 0o610])
def test_one_that_others_can_read_is_refused_with_what_to_do(tmp_path: Path, given: int) -> None:
    path = tmp_path / "secret"
    read_secret(path)
    path.chmod(given)
    with pytest.raises(Unavailable, match=rf"mode {given:o}\)\. Run: chmod 600 {path}"):
        read_secret(path)


@pytest.mark.parametrize("text", ["", "x" * 64, "00" * 31, "not hex", "é"])
def test_a_file_that_holds_no_secret_is_refused_without_showing_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "secret"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(Unavailable) as refused:
        read_secret(path)
    assert not text or text not in str(refused.value)


def test_a_place_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match=r"secret file .* can't be used: .* Set MARQUEE_SECRET_FILE"):
        read_secret(tmp_path / "file" / "secret")


def test_starts_at_once_end_with_one_secret(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    script = (
        "from pathlib import Path; from server.identity.secret import read_secret; "
        f"print(read_secret(Path({str(path)!r})).hex())"
    )

    def start() -> str:
        return subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
        ).stdout

    with ThreadPoolExecutor(4) as pool:
        shown = {task.result() for task in [pool.submit(start) for _ in range(4)]}
    assert shown == {f"{read_secret(path).hex()}\n"}
    assert mode(path) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_threads_at_once_end_with_one_secret(tmp_path: Path) -> None:
    for attempt in range(20):
        with ThreadPoolExecutor(4) as pool:
            found = set(pool.map(read_secret, [tmp_path / f"secret-{attempt}"] * 4))
        assert len(found) == 1
