"""The npm packages as people get them: packed, and installed into a new project without a network."""

from pathlib import Path

from tests.conftest import ROOT
from tests.support.node import printed

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
    printed(folder, str(ROOT / "tools" / "npm-packages"), str(folder / "packed"))
    project = folder / "project"
    project.mkdir()
    (project / "package.json").write_text(_PROJECT, encoding="utf-8")
    packed = sorted(map(str, (folder / "packed").glob("*.tgz")))
    options = ("--offline", "--legacy-peer-deps", "--no-audit", "--no-fund", f"--cache={folder / 'cache'}")
    printed(project, "npm", "install", *options, *packed)
    for name in BESIDE:
        target = project / "node_modules" / name
        target.parent.mkdir(exist_ok=True)
        target.symlink_to(ROOT / "client" / "node_modules" / name)
    return project
