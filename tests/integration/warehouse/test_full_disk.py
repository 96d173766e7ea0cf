"""A full disk refuses what needs room with a clear error, keeps and serves what was there, and loads go on after."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
# A disk of its own for one process: as root, or as somebody who may be root in a namespace.
NAMESPACES = (["unshare", "--mount"], ["unshare", "--user", "--map-root-user", "--mount"])
ON_ITS_DISK = 'mount -t tmpfs -o size=96m tmpfs "$1" && exec "$2" -m tests.integration.warehouse.full_disk "$1"'


@pytest.mark.slow
def test_a_full_disk_loses_nothing_and_stops_nothing_but_what_needs_room(tmp_path: Path) -> None:
    for namespace in NAMESPACES:
        if subprocess.run([*namespace, "true"], capture_output=True, check=False).returncode == 0:
            break
    else:
        pytest.fail(
            "no small disk can be mounted here: the test needs util-linux's unshare, as root or with namespaces"
        )
    command = [*namespace, "sh", "-c", ON_ITS_DISK, "sh", str(tmp_path), sys.executable]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-3000:]
