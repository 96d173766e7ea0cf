"""Answers as CSV, in which no text acts as a formula in a spreadsheet."""

import csv
import io
from typing import Any

from server.export.table import Shape

# How a formula begins, also in full width, as some spreadsheets read it; or what they skip before one.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_text(shape: Shape, data: Any, is_raw: bool = False) -> str:
    """An answer's table as CSV with a header; missing values are empty, lists are joined by `|`. Unless it is raw, a
    text that a spreadsheet would take for a formula has an apostrophe before it.
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
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else _text(value)
