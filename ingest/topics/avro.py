"""Avro with a registry's framing: the value of a message by the schema that it names, as one line of JSON.

Logical types become the texts that the same values of Parquet become: instants, dates and times in ISO 8601, decimals
as their digits, UUIDs. A float of 32 bits is written by its own precision.
"""

import datetime as dt
import io
import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import fastavro
import numpy as np
import orjson

from ingest.topics.messages import FRAME_BYTES, Malformed
from ingest.topics.registry import Registry


class AvroDecoder:
    """Decodes values by the schemas of one registry."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def __call__(self, value: bytes) -> str:
        """The JSON of a framed value.

        Raises: Malformed; Unavailable if the registry can't be asked.
        """
        if len(value) < FRAME_BYTES or value[:1] != b"\0":
            raise Malformed("it has no number of a schema in front, expected the framing of a schema registry")
        number = int.from_bytes(value[1:FRAME_BYTES], "big")
        schema = self._registry.schema(number)
        stream = io.BytesIO(value[FRAME_BYTES:])
        try:
            found = fastavro.schemaless_reader(stream, schema.parsed, None)
            line = orjson.dumps(_plain(found, schema.parsed, schema.named)).decode()
        except Exception as error:
            raise Malformed(f"it is not of schema {number}: {type(error).__name__} {error}".rstrip()) from error
        if stream.read(1):
            raise Malformed(f"it is not of schema {number}: it goes on after its end")
        return line


def _plain(value: Any, schema: Any, named: Mapping[str, Any]) -> Any:
    """A value as JSON has it. Raises: UnicodeDecodeError for bytes that are not text."""
    schema = named.get(schema, schema) if isinstance(schema, str) else schema
    if isinstance(schema, list):
        schema = _branch(value, schema, named)
    match value:
        case dict():
            return {name: _plain(item, _inside(schema, name), named) for name, item in value.items()}
        case list():
            return [_plain(item, _inside(schema, "items"), named) for item in value]
        case float():
            return _number(value, schema)
    return _scalar(value)


def _inside(schema: Any, name: str) -> Any:
    """The schema of a record's field, of a map's values, or of an array's items."""
    if not isinstance(schema, dict):
        return None
    if schema["type"] in ("record", "error"):
        return next(field["type"] for field in schema["fields"] if field["name"] == name)
    return schema.get("values") or schema.get("items")


def _branch(value: Any, schemas: Sequence[Any], named: Mapping[str, Any]) -> Any:
    """The schema of a union that a value is of, as far as it matters for what is written."""
    resolved = [named.get(one, one) if isinstance(one, str) else one for one in schemas]
    kinds = [one["type"] if isinstance(one, dict) else one for one in resolved]
    if isinstance(value, float):
        return "float" if "float" in kinds and "double" not in kinds else "double"
    if isinstance(value, list):
        return next((one for one, kind in zip(resolved, kinds, strict=True) if kind == "array"), None)
    if isinstance(value, dict):
        records = [one for one, kind in zip(resolved, kinds, strict=True) if kind in ("record", "error")]
        fitting = (one for one in records if {field["name"] for field in one["fields"]} == value.keys())
        return next(fitting, next((one for one, kind in zip(resolved, kinds, strict=True) if kind == "map"), None))
    return None


def _number(value: float, schema: Any) -> float | str:
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    is_short = schema == "float" or (isinstance(schema, dict) and schema["type"] == "float")
    return float(str(np.float32(value))) if is_short else value


def _scalar(value: Any) -> Any:
    match value:
        case Decimal():
            return format(value, "f")
        case UUID():
            return str(value)
        case bytes():
            return value.decode()
        case dt.datetime():
            return _iso(value.replace(tzinfo=None)) + ("" if value.tzinfo is None else "+00:00")
        case dt.time():
            return _iso(value)
        case dt.date():
            return value.isoformat()
    return value


def _iso(value: dt.datetime | dt.time) -> str:
    text = value.isoformat()
    return text.rstrip("0") if "." in text else text
