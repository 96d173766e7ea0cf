"""Answers as tables to read: numbers to the right with their units, names instead of nothing, as wide as the screen."""

import io
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from server.commands.screen import Screen
from warehouse.model.columns import UNKNOWN
from warehouse.model.measures import MEASURES, Unit

if TYPE_CHECKING:
    from server.export.table import Column, Shape

# Fields that name something rather than measure it. A missing value here is printed as a word.
_DIMENSIONS = frozenset(
    {
        *("genre", "director", "releaseYear", "device", "quality", "attribute", "country", "subscription"),
        *("ageBand", "age", "gender", "home", "other"),
    }
)
# Fields that distinguish rows. An answer with one row covers everybody.
_VALUES = _DIMENSIONS | {"value"}
_MISSING = "-"
_GAP = 2
# Texts are cut to no less than this, and a title above them; what is narrower is written downwards.
_LEAST_WIDTH = 12
# Wider than any row: what is piped into another program has one line a row.
_NO_LIMIT = 1 << 16
_UNITS = {one.slug: one.unit for one in MEASURES.values()}
_SIGNS = {Unit.HOURS: " h", Unit.MINUTES: " min"}
_BOUNDARY = re.compile(r"(?<=[a-z])(?=[A-Z0-9])")
# Texts of senders could move the cursor or change colours.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def printed(shape: "Shape", data: Any, screen: Screen) -> str:
    """The rows of an answer as lines: below their titles, or where there is one, or too little room, downwards."""
    rows = shape.rows(data)
    fields = _VALUES if len(rows) != 1 else _DIMENSIONS
    cells = [[_cell(column, row, fields) for column in shape.columns] for row in rows]
    titles, are_numbers = [one.name for one in shape.columns], [one.is_number for one in shape.columns]
    return laid_out(titles, are_numbers, cells, screen, downwards=len(rows) == 1)


def laid_out(
    titles: Sequence[str],
    are_numbers: Sequence[bool],
    cells: Sequence[Sequence[str]],
    screen: Screen,
    downwards: bool = False,
) -> str:
    """Cells below their titles, numbers to the right; each row downwards if so asked, or where the screen is too
    narrow."""
    widths = [max(map(cell_len, (title, *column))) for title, *column in zip(titles, *cells, strict=True)]
    least = [
        width if is_number else min(width, _LEAST_WIDTH) for width, is_number in zip(widths, are_numbers, strict=True)
    ]
    room = screen.width or _NO_LIMIT
    if downwards or sum(least) + _GAP * (len(least) - 1) > room:
        return "\n\n".join(_downwards(titles, row, screen) for row in cells) or "No rows."
    widths = _fitting(widths, least, room)
    lines = [_line([Text(title, style="bold") for title in titles], widths, are_numbers)]
    lines += [_line([_styled(cell) for cell in row], widths, are_numbers) for row in cells]
    console = _console(screen, _NO_LIMIT)
    for line in lines:
        line.rstrip()
        console.print(line, soft_wrap=True)
    return _written(console).rstrip("\n")


def _fitting(widths: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Widths of columns that fit, by cutting the widest ones first."""
    found = list(widths)
    while sum(found) + _GAP * (len(found) - 1) > room:
        widest = max((one for one in range(len(found)) if found[one] > least[one]), key=found.__getitem__)
        found[widest] -= 1
    return found


def _line(cells: Sequence[Text], widths: Sequence[int], are_numbers: Sequence[bool]) -> Text:
    for cell, width, is_number in zip(cells, widths, are_numbers, strict=True):
        cell.truncate(width, overflow="ellipsis")
        cell.align("right" if is_number else "left", width)
    return Text(" " * _GAP).join(cells)


def printable(text: str) -> str:
    """A text without what a terminal would obey."""
    return _CONTROL.sub(lambda found: " " if found[0].isspace() else "\N{REPLACEMENT CHARACTER}", text)


def _downwards(titles: Sequence[str], row: Sequence[str], screen: Screen) -> str:
    width = max(map(cell_len, titles), default=0)
    console = _console(screen, _NO_LIMIT)
    for title, cell in zip(titles, row, strict=True):
        padding = " " * (width - cell_len(title) + _GAP)
        console.print(Text.assemble((title, "bold"), padding, _styled(cell)), soft_wrap=True)
    return _written(console).rstrip("\n")


def _console(screen: Screen, width: int) -> Console:
    return Console(
        file=io.StringIO(),
        width=width,
        color_system="standard" if screen.has_colour else None,
        force_terminal=screen.has_colour,
        no_color=not screen.has_colour,
    )


def _written(console: Console) -> str:
    written: str = console.file.getvalue()  # type: ignore[attr-defined]
    return written


def _styled(cell: str) -> Text:
    return Text(cell, style="dim" if cell in (_MISSING, UNKNOWN) else "")


def _cell(column: "Column", row: Any, dimensions: frozenset[str]) -> str:
    value = column.value(row)
    # The value of a check is a number, not a dimension.
    named = column.field in dimensions and not (column.field == "value" and column.is_number)
    if value is None:
        return UNKNOWN if named else _MISSING
    if named:
        return printable(str(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value, _BOUNDARY.sub("_", column.field).lower(), is_change="change" in column.path[:-1])
    return shown(value)


def _number(value: float, slug: str, is_change: bool) -> str:
    """A number with the unit of its measure; a change is a share of what was before."""
    unit = _UNITS.get(slug)
    if is_change:
        return f"{value:+,.1%}".replace("%", " %")
    if unit is Unit.FRACTION:
        return f"{value:,.1%}".replace("%", " %")
    return f"{shown(value)}{_SIGNS.get(unit, '') if unit else ''}"


def shown(value: Any) -> str:
    """A value that has no unit."""
    if value is None:
        return _MISSING
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1 else f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else printable(str(value))
