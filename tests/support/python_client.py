"""The Python client as people get it: its wheel, built and installed into a folder of its own."""

import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT


def installed_client(folder: Path) -> Path:
    """Build the wheel and install it; returns the folder to import it from. Its dependencies are this environment's."""
    built, target = folder / "wheel", folder / "installed"
    _run(str(ROOT / "tools" / "python-client"), str(built), PYTHON=sys.executable)
    (wheel,) = built.glob("marquee_client-*.whl")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
    _run(*pip, "install", "--no-index", "--no-deps", "--target", str(target), str(wheel))
    return target


def _run(*command: str, **variables: str) -> None:
    environment = {"PATH": "/usr/bin:/bin", **variables}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
