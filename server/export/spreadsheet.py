"""Answers as Excel workbooks: one sheet, a row after the other, with numbers and dates as such and texts as texts.

The same answer is the same bytes, as for any file: a workbook says of no moment when it was made.
"""

import io
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from xlsxwriter import Workbook

from warehouse.errors import BadInput

if TYPE_CHECKING:
    from server.export.table import Column, Shape

# What Excel takes.
_LONGEST_NAME, _LONGEST_TEXT = 31, 32_767
_MADE = datetime(2000, 1, 1, tzinfo=UTC)


def workbook_of(shape: "Shape", data: Any, name: str) -> bytes:
    """A workbook with an answer's rows below a header. Numbers have 16 digits, of which Excel keeps 15.

    Raises: BadInput for a text that is longer than a cell.
    """
    # All of them before the first is written: a workbook that ends in its middle leaves a file.
    rows = [[_value(column, column.value(row)) for column in shape.columns] for row in shape.rows(data)]
    file = io.BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        book.set_properties({"created": _MADE})
        sheet = book.add_worksheet(name[:_LONGEST_NAME])
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.freeze_panes(1, 0)
        for at, column in enumerate(shape.columns):
            sheet.write_string(0, at, column.name, bold)
        for number, values in enumerate(rows, 1):
            for at, value in enumerate(values):
                _write(sheet, (number, at), value, day)
    return file.getvalue()


def _value(column: "Column", value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if pa.types.is_date(column.kind):
        return date.fromisoformat(value)
    text = str(value)
    if len(text) > _LONGEST_TEXT:
        raise BadInput(
            f"A {column.name} has {len(text):,} characters, and a cell of Excel holds {_LONGEST_TEXT:,}. Use another "
            "format."
        )
    return text


def _write(sheet: Any, place: tuple[int, int], value: Any, day: Any) -> None:
    match value:
        case None:
            return
        case bool():
            sheet.write_boolean(*place, value)
        case int() | float():
            sheet.write_number(*place, value)
        case date():
            sheet.write_datetime(*place, value, day)
        case _:
            # Never a formula, a link or a number, whatever it looks like.
            sheet.write_string(*place, value)
