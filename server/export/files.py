"""Answers as files: CSV, Parquet and Arrow beside JSON, of the same answer under the same token."""

import io
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from starlette.responses import Response

from server.export.table import Shape
from warehouse.errors import BadInput


class Format(StrEnum):
    """What `format=` takes."""

    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"
    ARROW = "arrow"


def format_of(text: str) -> Format:
    """Raises: BadInput for a format that is none."""
    if text not in set(Format):
        raise BadInput(f"format is {text!r}. Use one of: {', '.join(Format)}.")
    return Format(text)


def _csv(shape: Shape, data: Any) -> bytes:
    return shape.csv(data).encode()


def _parquet(shape: Shape, data: Any) -> bytes:
    file = io.BytesIO()
    pq.write_table(shape.arrow(data), file, compression="zstd")
    return file.getvalue()


def _arrow(shape: Shape, data: Any) -> bytes:
    table, file = shape.arrow(data), io.BytesIO()
    with pa.ipc.new_stream(file, table.schema) as stream:
        stream.write_table(table)
    return file.getvalue()


# How a table is written, and its media type.
_WRITERS: Mapping[Format, tuple[Callable[[Shape, Any], bytes], str]] = MappingProxyType(
    {
        Format.CSV: (_csv, "text/csv; charset=utf-8; header=present"),
        Format.PARQUET: (_parquet, "application/vnd.apache.parquet"),
        Format.ARROW: (_arrow, "application/vnd.apache.arrow.stream"),
    }
)


def exported(shape: Shape, data: Any, kind: Format, name: str) -> Response:
    """A file of an answer's rows, called after its operation."""
    write, media_type = _WRITERS[kind]
    headers = {
        "Content-Type": media_type,
        "Content-Disposition": f'attachment; filename="{name}.{kind.value}"',
        "Cache-Control": "no-store",
    }
    return Response(write(shape, data), headers=headers)
