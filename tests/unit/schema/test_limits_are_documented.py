"""The limits that the API's page shows are those that hold."""

import pytest

from schema.access_policy import LIMITS
from schema.limits.rules import BOUNDS
from schema.roles import Role
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("role", LIMITS)
def test_the_page_shows_what_a_role_may_use(role: Role) -> None:
    limits = LIMITS[role]
    gib = limits.statement_memory_bytes // 2**30
    assert (
        f"| `{role}` | {limits.query_cost:,} | {limits.cost_per_minute:,} | {limits.statements} | "
        f"{limits.page_rows:,} | {limits.max_rows:,} | {limits.statement_seconds:g} | {gib} GiB |"
    ) in PAGE


@pytest.mark.parametrize(
    ("what", "most"),
    [
        ("characters", BOUNDS.characters),
        ("tokens", BOUNDS.tokens),
        ("nested brackets", BOUNDS.nesting),
        ("nested fields", BOUNDS.depth),
        ("fields, with fragments expanded", BOUNDS.fields),
        ("aliases", BOUNDS.aliases),
        ("directives", BOUNDS.directives),
        ("uses of one response name", BOUNDS.repeats),
        ("nested lists in introspection", BOUNDS.introspected_lists),
        ("values", BOUNDS.values),
        ("nested levels", BOUNDS.nesting),
        ("values in one list", BOUNDS.list_values),
        ("conditions in one filter", BOUNDS.conditions),
    ],
)
def test_the_page_shows_how_large_a_request_may_be(what: str, most: int) -> None:
    assert f"| {what} | {most:,} |" in PAGE
