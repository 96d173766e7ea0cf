"""The page on security names tests: each link's text is the name of a test that is in the file it leads to."""

import re

import pytest

from tests.integration.docs.pages import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
LINKS = re.findall(r"\[([^\]`]+)\]\(\.\./(tests/[^)]+\.py)\)", PAGE)


@pytest.mark.parametrize(("words", "path"), sorted(set(LINKS)))
def test_a_named_test_is_there(words: str, path: str) -> None:
    name = f"test_{words.replace(' ', '_')}"
    text = (ROOT / path).read_text(encoding="utf-8")
    assert re.search(rf"^(async )?def {name}\(", text, re.MULTILINE), f"{path} has no {name}"


def test_every_row_of_the_checklist_names_a_test() -> None:
    checklist = PAGE.split("## The OWASP GraphQL checklist")[1].split("\n## ")[0]
    rows = [line for line in checklist.splitlines() if line.startswith("| **")]
    assert len(rows) > 20
    assert [row for row in rows if "](../tests/" not in row] == []
