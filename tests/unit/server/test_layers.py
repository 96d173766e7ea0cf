"""Imports run one way, as the design draws them; drivers and frameworks stay in the folder that is theirs."""

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT

# Folder → ours that it may import.
MAY_IMPORT = {
    "warehouse": frozenset[str](),
    "spark": frozenset[str](),
    "ingest": frozenset({"warehouse"}),
    "schema": frozenset({"warehouse"}),
    "resolvers": frozenset({"schema", "warehouse"}),
    "server": frozenset({"ingest", "resolvers", "schema", "spark", "warehouse"}),
}

# Package → the only folders or files that import it.
ONLY_IN = {
    "chdb": ("warehouse/engine/engine.py",),
    "clickhouse_connect": (
        "warehouse/engine/engine.py",
        "warehouse/engine/connecting.py",
        "warehouse/engine/native_stream.py",
    ),
    "opentelemetry": ("server/observing/otlp.py",),
    "prometheus_client": ("server/observing/metrics.py",),
    "confluent_kafka": ("ingest/topics/", "ingest/live_traffic/to_topic.py"),
    "fastavro": ("ingest/topics/",),
    "jwt": ("server/identity/tokens.py", "server/identity/jwks.py"),
    "pyspark": ("spark/",),
    "starlette": ("server/",),
    "strawberry": ("schema/", "resolvers/", "server/answering/execution.py"),
    "uvicorn": ("server/http/bounded_socket.py", "server/http/serving.py", "server/http/uvicorn_internals.py"),
}


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for folder in MAY_IMPORT
    for path in modules(folder)
}


@cache
def imported(path: Path) -> frozenset[str]:
    """The top-level packages that a module imports, anywhere in it."""
    found = set[str]()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return frozenset(found)


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_a_folder_imports_only_what_lies_below_it(folder: str) -> None:
    assert modules(folder), f"{folder}/ holds no module: the design names it"
    allowed = MAY_IMPORT[folder] | {folder}
    upward = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(folder)
        for name in imported(path)
        if (name in MAY_IMPORT or name == "tests") and name not in allowed
    }
    assert upward == set()


@pytest.mark.parametrize("package", ONLY_IN)
def test_a_package_is_known_in_its_own_place_only(package: str) -> None:
    users = {
        str(path.relative_to(ROOT)) for folder in MAY_IMPORT for path in modules(folder) if package in imported(path)
    }
    assert {user for user in users if not user.startswith(ONLY_IN[package])} == set()


@pytest.mark.parametrize(
    ("private", "home"),
    [
        ("typer._click", "server/commands/typer_internals.py"),
        ("_raw_info", "resolvers/strawberry_internals.py"),
        ("_provided_operation_name", "resolvers/strawberry_internals.py"),
    ],
)
def test_private_names_of_a_dependency_stand_in_one_module(private: str, home: str) -> None:
    users = {
        str(path.relative_to(ROOT))
        for folder in MAY_IMPORT
        for path in modules(folder)
        if private in path.read_text(encoding="utf-8")
    }
    assert users == {home}


def test_no_files_import_each_other_in_a_circle() -> None:
    """Imports for types alone and imports inside functions count: who reads one file must not need the others first."""
    edges = {name: imported_modules(path) - {name} for name, path in MODULES.items()}
    reached: dict[str, set[str]] = {}
    for name, imports in edges.items():
        found, waiting = set[str](), list(imports)
        while waiting:
            other = waiting.pop()
            if other not in found:
                found.add(other)
                waiting.extend(edges[other])
        reached[name] = found
    assert sorted(name for name in edges if name in reached[name]) == []


def imported_modules(path: Path) -> set[str]:
    """The modules of ours that a file imports, anywhere in it; of a package, what is taken from it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names} & MODULES.keys()
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                names = (f"{node.module}.{alias.name}", node.module)
                found |= set([name for name in names if name in MODULES][:1])
    return found


def test_no_other_folder_holds_code_of_the_service() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "build"}
    assert packages == set(MAY_IMPORT)
