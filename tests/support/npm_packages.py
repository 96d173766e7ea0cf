"""The npm packages as people get them: packed, and installed into a new project without a network."""

import os
import subprocess
from pathlib import Path

from tests.conftest import ROOT

WITH_NODE = str(ROOT / "tools" / "with-node")
# What a project of React and TypeScript has beside the two packages.
BESIDE = (
    "@tanstack/query-core",
    "@tanstack/react-query",
    "@types/node",
    "@types/react",
    "@types/react-dom",
    "csstype",
    "happy-dom",
    "react",
    "react-dom",
    "typescript",
    "undici-types",
)
_PROJECT = '{"name": "project", "private": true, "type": "module"}'


def installed_packages(folder: Path) -> Path:
    """Pack both and install them into a new project; returns its folder."""
    run(folder, str(ROOT / "tools" / "npm-packages"), str(folder / "packed"))
    project = folder / "project"
    project.mkdir()
    (project / "package.json").write_text(_PROJECT, encoding="utf-8")
    packed = sorted(map(str, (folder / "packed").glob("*.tgz")))
    options = ("--offline", "--legacy-peer-deps", "--no-audit", "--no-fund", f"--cache={folder / 'cache'}")
    run(project, WITH_NODE, "npm", "install", *options, *packed)
    for name in BESIDE:
        target = project / "node_modules" / name
        target.parent.mkdir(exist_ok=True)
        target.symlink_to(ROOT / "client" / "node_modules" / name)
    return project


def run(folder: Path, *command: str) -> str:
    """What a command prints on stdout; it must end well."""
    environment = {**os.environ, "NODE_NO_WARNINGS": "1"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stdout[-3_000:] + done.stderr[-3_000:]
    return done.stdout
