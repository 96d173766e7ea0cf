"""Answers as CSV, in which no text acts as a formula in a spreadsheet."""

import csv
import io
import re
from typing import Any

from server.export.table import Shape

# How a formula begins, also in full width, as some spreadsheets read it; and what they skip before one: blanks, and
# characters that show nothing.
_FORMULA = "=+\\-@＝＋－＠"
_SKIPPED = r" \x00-\x08\x0b\x0c\x0e-\x1f\x85\xa0\xad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff"
# Where a cell begins: at the text's own beginning, or behind what a reader set up for another country takes for the end
# of a cell or row. There the quotes around the text are no quotes, because they stand in the middle of a cell.
_BEGINNING = re.compile(rf"\A(?=[\t\r\n]|[{_SKIPPED}]*[{_FORMULA}])|(?<=[;\t\r\n|])(?=[{_SKIPPED}\"]*[{_FORMULA}])")


def csv_text(shape: Shape, data: Any, is_raw: bool = False) -> str:
    """An answer's table as CSV with a header; missing values are empty, lists are joined by `|`. Unless it is raw, a
    text that a spreadsheet would take for a formula has an apostrophe before it, and so has a part of a text that one
    would take for a cell with a formula.
    """
    text, shown = _Lines(), _text if is_raw else _harmless
    writer = csv.writer(text, lineterminator=_Lines.END)
    writer.writerow(column.name for column in shape.columns)
    for row in shape.rows(data):
        writer.writerow(shown(column.value(row)) for column in shape.columns)
    return text.getvalue()


def _text(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


class _Lines(io.StringIO):
    """CSV whose lines end with a line feed. They are written with a carriage return before it, because the writer puts
    only the characters of its own line ends into quotes, and some programs end lines at either.
    """

    END = "\r\n"

    def write(self, line: str) -> int:
        """Take one line with its end."""
        return super().write(line.removesuffix(self.END) + "\n")


def _harmless(value: Any) -> Any:
    """A value as `_text` gives it. Spreadsheets drop an apostrophe before a text, and take the rest as it stands."""
    return _BEGINNING.sub("'", value) if isinstance(value, str) else _text(value)
