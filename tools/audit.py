"""Looks for known weaknesses of the locked packages, and writes the bill of materials and the licences.

    .venv/bin/python tools/audit.py weaknesses
    .venv/bin/python tools/audit.py materials dist

`weaknesses` asks the databases of PyPI and npm. It ends with 1 if there are any, and with 2 if a database can't be
asked about every package, because then nothing is known. `materials` needs no database. Both need the
packages of `requirements-audit.txt` in `.venv/audit`; `make audit` puts them there.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
TOOLS = ROOT / ".venv" / "audit"
# What is installed where Marquee runs, where it consumes topics, and in its container for Spark.
LOCKS = ("requirements.txt", "requirements-kafka.txt", "requirements-spark.txt")
NPM = (str(ROOT / "tools" / "npm"),)
FOUND, NOT_ASKED = 1, 2


def main() -> None:
    """Run one of both."""
    parser = argparse.ArgumentParser(prog="tools/audit.py")
    parser.add_argument("what", choices=("weaknesses", "materials"))
    parser.add_argument("folder", nargs="?", type=Path, default=Path("dist"))
    asked = parser.parse_args()
    if asked.what == "materials":
        write_materials(asked.folder)
        return
    lines, code = weaknesses()
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.exit(code)


def weaknesses() -> tuple[list[str], int]:
    """What the databases say, a line each, and the exit code."""
    lines: list[str] = []
    code = 0
    for lock in LOCKS:
        told = _run(_python("pip_audit", "--require-hashes", "--disable-pip", "--format", "json", "-r", lock))
        found, not_asked = told_of_python(told)
        lines += [f"{lock}: {line}" for line in _summed(found, not_asked)]
        code = max(code, _code(found, not_asked), key=_gravity)
    found, not_asked = told_of_npm(_run([*NPM, "audit", "--json", "--omit", "dev"]))
    lines += [f"client/package-lock.json: {line}" for line in _summed(found, not_asked)]
    return lines, max(code, _code(found, not_asked), key=_gravity)


def told_of_python(told: str) -> tuple[list[str], str]:
    """The weaknesses in pip-audit's JSON, and why not every package could be asked about; empty if it could."""
    try:
        packages = json.loads(told)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return [], "the database can't be asked"
    skipped = [one for one in packages if "skip_reason" in one]
    found = [f"{one['name']} {one['version']}: {bug['id']}" for one in packages for bug in one.get("vulns", ())]
    # pip-audit itself calls packages without an answer no known weakness.
    why = f"{len(skipped)} of {len(packages)} packages: {skipped[0]['skip_reason']}" if skipped else ""
    return found, why


def told_of_npm(told: str) -> tuple[list[str], str]:
    """The same of npm's JSON."""
    try:
        said: Mapping[str, Any] = json.loads(told)
        found = [f"{name}: {one['severity']}" for name, one in said["vulnerabilities"].items()]
    except (ValueError, TypeError):
        return [], "the database can't be asked"
    except KeyError:
        return [], str(said.get("message") or "the database can't be asked")
    return found, ""


def _summed(found: list[str], not_asked: str) -> Iterator[str]:
    yield from found
    if not_asked:
        yield f"NOT ASKED, so nothing is known: {not_asked}"
    elif not found:
        yield "no known weakness"


def _code(found: list[str], not_asked: str) -> int:
    return FOUND if found else NOT_ASKED if not_asked else 0


def _gravity(code: int) -> int:
    return (0, NOT_ASKED, FOUND).index(code)


def write_materials(folder: Path) -> None:
    """Write the bills of materials of the Python and npm packages, CycloneDX in JSON, and the licences of the first."""
    folder.mkdir(parents=True, exist_ok=True)
    python = folder.resolve() / "marquee-python.cdx.json"
    _run(_python("cyclonedx_py", "requirements", "--output-reproducible", "--of", "JSON", "-o", str(python), LOCKS[0]))
    client = _run([*NPM, "sbom", "--package-lock-only", "--sbom-format", "cyclonedx", "--omit", "dev"])
    json.loads(client)
    (folder / "marquee-client.cdx.json").write_text(client, encoding="utf-8")
    lines = [f"{name} {version}: {licence}" for name, version, licence in licences(python)]
    (folder / "marquee-licences.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def licences(materials: Path) -> list[tuple[str, str, str]]:
    """The name, version and licence of each package in a bill of materials, as the installed package says it."""
    installed = {one.metadata["Name"].lower().replace("_", "-"): one for one in distributions()}
    parts = json.loads(materials.read_text(encoding="utf-8"))["components"]
    named = sorted((part["name"], part["version"]) for part in parts)
    return [(name, version, _licence(installed.get(name.lower().replace("_", "-")))) for name, version in named]


def _licence(package: Distribution | None) -> str:
    if package is None:
        return "not installed here"
    said = package.metadata.get_all("License-Expression") or [
        one.rpartition(" :: ")[2]
        for one in package.metadata.get_all("Classifier") or ()
        if one.startswith("License ::")
    ]
    # Some give their whole text.
    said = said or [text.splitlines()[0] for text in package.metadata.get_all("License") or () if text.strip()]
    return ", ".join(said) or "unknown"


def _python(module: str, *words: str) -> list[str]:
    return [sys.executable, "-m", module, *words]


def _run(command: list[str]) -> str:
    """What a command prints, however it ends."""
    surroundings = {**os.environ, "PYTHONPATH": str(TOOLS)}
    return subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False).stdout


if __name__ == "__main__":
    main()
