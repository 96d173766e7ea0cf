"""Installs lock files into the environment it runs in: by uv, several times as quick as pip, from where this machine's
pip would take them. Wheels only, for set-up runs nobody's code; PySpark is the exception, it comes as source alone.

    .venv/bin/python tools/install.py
    .venv/bin/python tools/install.py requirements.txt
    .venv/bin/python tools/install.py --target .venv/node requirements-node.txt

Without a file it installs uv, and nothing else.
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
# Any index may have a locked version, as for pip: what it gives is held to the hashes.
LOCKED = ("--require-hashes", "--only-binary", ":all:", "--index-strategy", "unsafe-best-match")
# Its wheel lives for as long as it takes to unpack it: not compressed, it is made in a third of the time.
STORED = "--config-settings-package=pyspark:--build-option=--compression=stored"
PYSPARK = ("--no-binary", "pyspark", "--no-build-isolation", STORED)
# A setting of pip -> the variable that tells uv, and what stands between two values there.
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
    """Install uv itself by pip, in the version and by the hashes that are locked."""
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
    """What this machine's pip is set to, as uv's variables: uv reads neither pip's files nor its variables."""
    listed = subprocess.run([*PIP, "config", "list"], capture_output=True, text=True, check=True).stdout
    found: dict[str, str] = {}
    # As pip ranks them: a command's own section over the global one, the environment over both.
    for section in ("global", "install", ":env:"):
        for line in listed.splitlines():
            key, _, value = line.partition("=")
            where, _, name = key.rpartition(".")
            if where == section and name in SETTINGS:
                variable, between = SETTINGS[name]
                found[variable] = between.join(filter(_is_there, str(ast.literal_eval(value)).split()))
    return {variable: value for variable, value in found.items() if value}


def _is_there(place: str) -> bool:
    """Whether a folder exists, true of what is no folder: pip passes over one that is missing, uv fails."""
    is_folder = place.startswith(("/", "file:"))
    return not is_folder or Path(unquote(urlsplit(place).path)).exists()


if __name__ == "__main__":
    main()
