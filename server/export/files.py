"""Answers as files: CSV, NDJSON, Parquet, Arrow and Excel, with the same data and access rules as JSON."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from server.export.answer_format import AnswerFormat
from server.export.csv_text import csv_text
from server.export.table import Shape
from warehouse.errors import BadInput

JSON = "json"


def format_of(text: str) -> AnswerFormat | None:
    """The file format that `format=` names; None for JSON.

    Raises: BadInput for an unknown format.
    """
    if text == JSON:
        return None
    try:
        return AnswerFormat(text)
    except ValueError as error:
        raise BadInput(f"format is {text!r}. Use one of: {', '.join((JSON, *AnswerFormat))}.") from error


def is_raw(text: str) -> bool:
    """Whether `raw=` asks for texts in CSV as they are.

    Raises: BadInput for anything but true or false.
    """
    if text not in ("true", "false"):
        raise BadInput(f"raw is {text!r}. Use true, for programs, or false, for spreadsheets.")
    return text == "true"


def encoded(shape: Shape, data: Any, kind: AnswerFormat, name: str, raw: bool = False) -> bytes:
    """An answer's rows as a file. CSV is safe for spreadsheets, unless it is `raw`; the other formats have the texts as
    they are. An answer is in memory as a whole, so a file is complete before its first byte is sent.

    Raises: BadInput for a text that the format has no room for.
    """
    match kind:
        case AnswerFormat.CSV:
            return csv_text(shape, data, is_raw=raw).encode()
        case AnswerFormat.NDJSON:
            return _ndjson(shape, data)
        case AnswerFormat.PARQUET:
            return _parquet(shape, data)
        case AnswerFormat.ARROW:
            return _arrow(shape, data)
        case AnswerFormat.XLSX:
            # Imported late: few ask for it.
            from server.export.spreadsheet import workbook_of

            return workbook_of(shape, data, name)


def _ndjson(shape: Shape, data: Any) -> bytes:
    rows = ({column.name: column.value(row) for column in shape.columns} for row in shape.rows(data))
    return b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)


def _parquet(shape: Shape, data: Any) -> bytes:
    file = io.BytesIO()
    pq.write_table(shape.arrow(data), file, compression="zstd")
    return file.getvalue()


def _arrow(shape: Shape, data: Any) -> bytes:
    table, file = shape.arrow(data), io.BytesIO()
    with pa.ipc.new_stream(file, table.schema) as stream:
        stream.write_table(table)
    return file.getvalue()


@dataclass(frozen=True)
class AnswerFile:
    """An answer's file as it is sent, named after the operation, with the entity tag of its content."""

    content: bytes
    tag: str
    headers: Mapping[str, str]


def answer_file(shape: Shape, data: Any, kind: AnswerFormat, name: str, raw: bool = False) -> AnswerFile:
    """The file of an answer's rows.

    Raises: BadInput for a text that the format has no room for.
    """
    content = encoded(shape, data, kind, name, raw)
    parameters = "; charset=utf-8; header=present" if kind is AnswerFormat.CSV else ""
    headers = {
        "Content-Type": kind.media_type + parameters,
        "Content-Disposition": f'attachment; filename="{name}.{kind.value}"',
        "Cache-Control": "no-store",
    }
    return AnswerFile(content, f'"{blake2b(content, digest_size=16).hexdigest()}"', headers)
