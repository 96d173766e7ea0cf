"""`make audit` says what the databases said, and never takes a silent database for a clean bill."""

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def audit() -> dict[str, Any]:
    """The tool's functions."""
    return runpy.run_path(str(ROOT / "tools" / "audit.py"))


def test_weaknesses_of_python_packages_are_named(audit: dict[str, Any]) -> None:
    told = {"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1"}]}, {"name": "b", "vulns": []}]}
    assert audit["told_of_python"](json.dumps(told)) == (["a 1: PYSEC-1"], "")


def test_packages_without_an_answer_are_not_called_clean(audit: dict[str, Any]) -> None:
    """pip-audit ends with 0 when it could ask about none."""
    told = {"dependencies": [{"name": "a", "skip_reason": "not found on PyPI"}, {"name": "b", "vulns": []}]}
    assert audit["told_of_python"](json.dumps(told)) == ([], "1 of 2 packages: not found on PyPI")
    assert audit["told_of_python"]("") == ([], "the database can't be asked")


def test_npm_s_answer_and_its_refusal_are_told_apart(audit: dict[str, Any]) -> None:
    assert audit["told_of_npm"](json.dumps({"vulnerabilities": {}})) == ([], "")
    told = {"vulnerabilities": {"x": {"severity": "high"}}}
    assert audit["told_of_npm"](json.dumps(told)) == (["x: high"], "")
    assert audit["told_of_npm"](json.dumps({"message": "405 Method Not Allowed"})) == ([], "405 Method Not Allowed")
    assert audit["told_of_npm"]("x") == ([], "the database can't be asked")


def test_each_locked_package_has_a_licence(audit: dict[str, Any], tmp_path: Path) -> None:
    """As far as it is installed here: none is shipped whose licence nobody can name."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    locked = [line.partition("==") for line in lines if "==" in line]
    parts = [{"name": name.strip(), "version": rest.split()[0]} for name, _, rest in locked]
    materials = tmp_path / "materials.json"
    materials.write_text(json.dumps({"components": parts}), encoding="utf-8")
    found = audit["licences"](materials)
    assert len(found) == len(parts) > 20
    assert {name for name, _, licence in found if licence == "unknown"} == set()
