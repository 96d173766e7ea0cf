"""The pages of the documentation as a test reads them: their fenced blocks, in order, and their links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
PAGES = (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md")))
_FENCE = re.compile(r"^```(\w*)$")
_NOT_RUN = re.compile(r"^<!-- not run: (\S.*) -->$")
_LINK = re.compile(r"(?:\]\(|(?:src|srcset|href)=\")([^)\"#\s]*)(?:#([^)\"\s]*))?[)\"]")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One fenced block. `not_run` is the reason that stands in a comment right before it; `answers` tells that it
    follows the block before with nothing but blank lines between.
    """

    page: Path
    line: int
    language: str
    text: str
    not_run: str | None
    answers: bool

    @property
    def place(self) -> str:
        """Where it stands, to read."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page."""
    before: list[str] = []
    fence: tuple[int, str] | None = None
    inside: list[str] = []
    seen_any = False
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        found = _FENCE.match(line)
        if fence is None and found:
            fence = number, found[1]
        elif fence is not None and line == "```":
            reason = _NOT_RUN.match(before[-1]) if before else None
            text = "\n".join(inside)
            yield Block(page, fence[0], fence[1], text, reason[1] if reason else None, seen_any and not before)
            before, inside, fence, seen_any = [], [], None, True
        elif fence is not None:
            inside.append(line)
        elif line.strip():
            before.append(line)


def within(page: Path, heading: str) -> Iterator[Block]:
    """The fenced blocks below a heading, up to the next one of its level or above."""
    level, inside, fenced = len(heading.partition(" ")[0]), set[int](), False
    is_below = False
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        fenced ^= line.startswith("```")
        if not fenced and re.match(rf"#{{1,{level}}} ", line):
            is_below = line == heading
        if is_below:
            inside.add(number)
    assert inside, f"{page.name} has no heading {heading}"
    yield from (block for block in blocks(page) if block.line in inside)


def links(page: Path) -> Iterator[tuple[str, str]]:
    """The links of a page to others of the project: (path as written, '' for the page itself; anchor or '')."""
    prose = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for found in _LINK.finditer(prose):
        if "://" not in found[1]:
            yield found[1], found[2] or ""


def anchors(page: Path) -> set[str]:
    """What a link can name in a page: its headings, as code hosts spell them in addresses."""
    headings = _HEADING.findall(page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def section(page: Path, heading: str) -> str:
    """What stands below a heading, up to the next one of its level or above, fenced blocks left out."""
    prose = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    level = heading.partition(" ")[0]
    found = re.search(rf"^{re.escape(heading)}$(.*?)(?=^#{{1,{len(level)}}} |\Z)", prose, re.MULTILINE | re.DOTALL)
    assert found is not None, f"{page.name} has no heading {heading}"
    return found[1]


def tables(text: str) -> Iterator[list[str]]:
    """The tables of a text, each as its lines: the head, the rule below it, the rows."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    for found in re.finditer(r"(?:^\|.*\n?)+", prose, re.MULTILINE):
        yield found[0].splitlines()
