"""The documentation is whole: links lead somewhere, and what the code offers is listed."""

from pathlib import Path

import pytest

from schema.access_policy import MASK_RULES
from server.answering.published_operations import published
from server.settings import PREFIX, Settings
from tests.integration.docs.pages import PAGES, ROOT, anchors, links
from warehouse.checks.declarations import CHECKS
from warehouse.model.dimensions import DIMENSIONS
from warehouse.model.measures import MEASURES
from warehouse.model.rollups import ROLLUPS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for path, anchor in links(page):
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(f"{path}#{anchor}" if anchor else path)
    assert not broken


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_setting_is_listed_with_its_default() -> None:
    text = _text("docs/configuration.md")
    for name, field in Settings.model_fields.items():
        rows = [line for line in text.splitlines() if line.startswith(f"| `{PREFIX}{name.upper()}` |")]
        assert len(rows) == 1, name
        assert f"| `{field.default}` |" in rows[0] or field.default in ("", ()), f"{name} is {field.default}"


def test_every_rollup_is_listed() -> None:
    text = _text("docs/warehouse.md")
    assert [rollup.name for rollup in ROLLUPS if f"| `{rollup.name}` |" not in text] == []


def test_every_measure_and_dimension_is_listed() -> None:
    text = _text("docs/api.md")
    slugs = [one.slug for one in MEASURES.values() if one.fact == "viewing"] + list(DIMENSIONS)
    assert [slug for slug in slugs if f"`{_camel(slug)}" not in text] == [], "say in docs/api.md what they are"


def test_every_check_is_listed_as_it_is_declared() -> None:
    text = _text("docs/ingest.md")
    for check in CHECKS.values():
        bounds = check.bounds
        above = [f"{step:+g}" if step is not None else "" for step in (bounds.warn_above, bounds.fail_above)]
        below = [f"-{step:g}" for step in (bounds.warn_below, bounds.fail_below) if step is not None]
        warn, fail = (", ".join(filter(None, pair)) for pair in zip(above, below or ["", ""], strict=True))
        row = f"| `{check.slug}` | {check.value} | {check.expected} | {warn} | {fail or 'never'} |"
        assert row in text, f"docs/ingest.md lacks the line\n{row}"


def test_every_mask_and_operation_is_listed() -> None:
    text = _text("docs/api.md")
    assert [column for column in MASK_RULES if f"`{column}`" not in text] == []
    assert [name for name in published() if f"`{name}`" not in text] == []


def _camel(slug: str) -> str:
    first, *rest = slug.split("_")
    return first + "".join(part.capitalize() for part in rest)
