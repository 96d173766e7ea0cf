"""One way to read: no module composes SQL over a table that holds people or what they did, but those that must.

`warehouse.query.masked_source.read` applies masks and scopes. The modules listed here besides answer nobody: they load,
check, rebuild or count for operators.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from warehouse.model.facts import FACTS
from warehouse.model.rollups import ROLLUPS

ROOT = Path(__file__).parents[3]
COMPUTED = {
    *("movie_rankings", "user_patterns", "country_reach", "country_distances", "travelling_movies", "quality_windows"),
    *("user_recommendations", "similar_movies", "user_churn", "churn_features", "churn_calibration", "view_forecast"),
    *("recommendation_report", "churn_report", "forecast_report", "popular_movies"),
}
TABLES = sorted({fact.table for fact in FACTS.values()} | {rollup.name for rollup in ROLLUPS} | COMPUTED)
_READS = re.compile(rf"\b(?:FROM|JOIN)\s+(?:{'|'.join(TABLES)})(?:_versions|_staging|_incoming)?\b", re.IGNORECASE)
_LOOKS_UP = re.compile(r"\b(?:dictGet\w*|dictHas)\s*\(")

# Module → why it may name a table itself.
READERS = {
    "warehouse/spark_results/rankings.py": "charts are computed over everybody; `chart` closes them to who has a scope",
    "warehouse/query/reader.py": "the paths of attributes, told to nobody who has a scope",
}
LOOKS_UP = {"warehouse/model/columns.py": "the model's columns, each with the mask that covers it"}


def texts(path: Path) -> Iterator[str]:
    """The string constants of a module, pieces of f-strings joined with a mark for each value; no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def modules() -> list[str]:
    """Modules on the way from a question to its answer; loading, verifying and rebuilding answer nobody."""
    operators = re.compile(r"warehouse/(loads/|checks/|verify|rebuild|reconcile|recounts|status|forget|audit|migrat)")
    found = [
        str(path.relative_to(ROOT))
        for folder in ("warehouse", "resolvers", "schema", "server")
        for path in sorted((ROOT / folder).rglob("*.py"))
    ]
    return [name for name in found if not operators.match(name)]


@pytest.mark.parametrize("name", modules())
def test_a_module_reads_tables_through_the_masked_source_only(name: str) -> None:
    found = [text for text in texts(ROOT / name) if _READS.search(text)]
    assert not found or name in READERS, f"{name} reads a table itself: {found}"


@pytest.mark.parametrize("name", modules())
def test_a_module_looks_attributes_up_through_the_model_only(name: str) -> None:
    found = [text for text in texts(ROOT / name) if _LOOKS_UP.search(text)]
    assert not found or name in LOOKS_UP, f"{name} looks up attributes itself: {found}"


def test_resolvers_and_server_hold_no_sql() -> None:
    sql = re.compile(r"\bSELECT\s.+\sFROM\s", re.IGNORECASE | re.DOTALL)
    for name in modules():
        if not name.startswith("warehouse/"):
            assert not [text for text in texts(ROOT / name) if sql.search(text)], name
