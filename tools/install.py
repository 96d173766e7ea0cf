"""Installs lock files into the current environment with uv, which is several times faster than pip, from the indexes
that this machine's pip is set to. Wheels only, so that installing runs no package's code; PySpark is the exception, as
it is only published as source.

    .venv/bin/python tools/install.py
    .venv/bin/python tools/install.py requirements.txt
    .venv/bin/python tools/install.py --target .venv/node requirements-node.txt

Without a file it only installs uv.
"""

import argparse
import ast
import os
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")
LOCK_OF_UV = Path(__file__).parent.parent / "requirements-dev.txt"
# Like pip, take a locked version from any index; the hashes are checked anyway.
LOCKED = ("--require-hashes", "--only-binary", ":all:", "--index-strategy", "unsafe-best-match")
# PySpark's wheel is built only to be unpacked; building it uncompressed takes a third of the time.
STORED = "--config-settings-package=pyspark:--build-option=--compression=stored"
PYSPARK = ("--no-binary", "pyspark", "--no-build-isolation", STORED)
# pip setting -> uv's environment variable, and its separator between values.
SETTINGS = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_EXTRA_INDEX_URL", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "trusted-host": ("UV_INSECURE_HOST", " "),
    "cert": ("SSL_CERT_FILE", " "),
    "default-timeout": ("UV_HTTP_TIMEOUT", " "),
    "timeout": ("UV_HTTP_TIMEOUT", " "),
}


def main() -> None:
    """Install."""
    parser = argparse.ArgumentParser(prog="tools/install.py")
    parser.add_argument("--target", help="a folder, instead of the environment")
    parser.add_argument("files", nargs="*")
    asked = parser.parse_args()
    if find_spec("uv") is None:
        _install_uv()
    if not asked.files:
        return
    command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", sys.executable, *LOCKED, *PYSPARK]
    command += ["--target", asked.target] if asked.target else []
    for file in asked.files:
        command += ["--requirement", file]
    sys.exit(subprocess.run(command, env=_of_pip() | os.environ, check=False).returncode)


def _install_uv() -> None:
    """Install the locked version of uv with pip, checking its hashes."""
    lines = LOCK_OF_UV.read_text(encoding="utf-8").splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("uv=="))
    last = next(number for number in range(first, len(lines)) if not lines[number].endswith("\\"))
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as lock:
        lock.write("\n".join(lines[first : last + 1]) + "\n")
        lock.flush()
        subprocess.run(
            [*PIP, "--quiet", "install", "--require-hashes", "--only-binary", ":all:", "-r", lock.name], check=True
        )


def _of_pip() -> dict[str, str]:
    """pip's settings on this machine as uv's variables, because uv doesn't read pip's."""
    listed = subprocess.run([*PIP, "config", "list"], capture_output=True, text=True, check=True).stdout
    found: dict[str, str] = {}
    # In pip's order of precedence: global section, command section, environment.
    for section in ("global", "install", ":env:"):
        for line in listed.splitlines():
            key, _, value = line.partition("=")
            where, _, name = key.rpartition(".")
            if where == section and name in SETTINGS:
                variable, between = SETTINGS[name]
                found[variable] = between.join(filter(_is_there, str(ast.literal_eval(value)).split()))
    return {variable: value for variable, value in found.items() if value}


def _is_there(place: str) -> bool:
    """Whether a local folder exists; True for anything else. pip skips a missing folder, but uv fails."""
    is_folder = place.startswith(("/", "file:"))
    return not is_folder or Path(unquote(urlsplit(place).path)).exists()


if __name__ == "__main__":
    main()
