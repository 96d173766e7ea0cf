"""Answers as files: CSV, Parquet and Arrow, with the same data and access rules as JSON."""

import io
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from starlette.responses import Response

from ingest.files.file_format import FileFormat
from server.export.table import Shape
from warehouse.errors import BadInput

JSON = "json"


def format_of(text: str) -> FileFormat | None:
    """The file format that `format=` names; None for JSON.

    Raises: BadInput for an unknown format.
    """
    if text == JSON:
        return None
    if text not in _WRITERS:
        raise BadInput(f"format is {text!r}. Use one of: {', '.join((JSON, *_WRITERS))}.")
    return FileFormat(text)


def is_raw(text: str) -> bool:
    """Whether `raw=` asks for texts in CSV as they are.

    Raises: BadInput for anything but true or false.
    """
    if text not in ("true", "false"):
        raise BadInput(f"raw is {text!r}. Use true, for programs, or false, for spreadsheets.")
    return text == "true"


def _csv(shape: Shape, data: Any) -> bytes:
    return shape.csv(data).encode()


def _raw_csv(shape: Shape, data: Any) -> bytes:
    return shape.csv(data, is_raw=True).encode()


def _parquet(shape: Shape, data: Any) -> bytes:
    file = io.BytesIO()
    pq.write_table(shape.arrow(data), file, compression="zstd")
    return file.getvalue()


def _arrow(shape: Shape, data: Any) -> bytes:
    table, file = shape.arrow(data), io.BytesIO()
    with pa.ipc.new_stream(file, table.schema) as stream:
        stream.write_table(table)
    return file.getvalue()


_WRITERS: Mapping[FileFormat, Callable[[Shape, Any], bytes]] = MappingProxyType(
    {FileFormat.CSV: _csv, FileFormat.PARQUET: _parquet, FileFormat.ARROW: _arrow}
)
FILES = tuple(_WRITERS)


def exported(shape: Shape, data: Any, kind: FileFormat, name: str, raw: bool = False) -> Response:
    """A response with an answer's rows as a file named after the operation. CSV is safe for spreadsheets, unless it is
    `raw`; the other formats have the texts as they are.
    """
    writer = _raw_csv if raw and kind is FileFormat.CSV else _WRITERS[kind]
    parameters = "; charset=utf-8; header=present" if kind is FileFormat.CSV else ""
    headers = {
        "Content-Type": kind.media_type + parameters,
        "Content-Disposition": f'attachment; filename="{name}.{kind.value}"',
        "Cache-Control": "no-store",
    }
    return Response(writer(shape, data), headers=headers)
