"""Avro with a registry's framing: the value of a message by the schema that it names, as one line of JSON.

Logical types become the texts that the same values of Parquet become: instants, dates and times in ISO 8601, decimals
as their digits, UUIDs. A float of 32 bits is written by its own precision.
"""

import datetime as dt
import io
from decimal import Decimal

import fastavro
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
            found = fastavro.schemaless_reader(stream, schema, None)
            line = orjson.dumps(found, _scalar, orjson.OPT_PASSTHROUGH_DATETIME).decode()
        except Exception as error:
            wrong = error.__cause__ or error
            raise Malformed(f"it is not of schema {number}: {type(wrong).__name__} {wrong}".rstrip()) from error
        if stream.read(1):
            raise Malformed(f"it is not of schema {number}: it goes on after its end")
        return line


def _scalar(value: object) -> str:
    match value:
        case Decimal():
            return format(value, "f")
        case bytes():
            return value.decode()
        case dt.datetime():
            return _iso(value.replace(tzinfo=None)) + ("" if value.tzinfo is None else "+00:00")
        case dt.time():
            return _iso(value)
        case dt.date():
            return value.isoformat()
    raise TypeError(f"a value of the type {type(value).__name__}")


def _iso(value: dt.datetime | dt.time) -> str:
    text = value.isoformat()
    return text.rstrip("0") if "." in text else text
