"""The shape of rows offered to a load: one Arrow schema per table, in the warehouse's exact integer units.

Minutes are ten-thousandths, ratings hundredths, completion millionths, instants whole seconds of UTC. Values are
rounded before contents are compared, so that reading a file twice gives the same rows.
"""

from collections.abc import Mapping
from types import MappingProxyType

import pyarrow as pa

from warehouse.ids import ID_TYPE

INSTANT = pa.timestamp("s", "UTC")
ATTRIBUTES = pa.map_(pa.string(), pa.string())
"""A row's attributes beyond its columns: path → value as text. Values are never empty, and null means no entries."""
LONGEST_PATH = 256
"""The maximum length of a path in characters."""


def _required(name: str, kind: pa.DataType) -> pa.Field:
    return pa.field(name, kind, nullable=False)


INCOMING: Mapping[str, pa.Schema] = MappingProxyType(
    {
        "movies": pa.schema(
            [
                _required("id", ID_TYPE),
                _required("title", pa.string()),
                pa.field("genres", pa.list_(pa.string())),
                pa.field("duration_minutes", pa.uint16()),
                pa.field("release_date", pa.date32()),
                pa.field("director", pa.string()),
            ]
        ),
        "users": pa.schema(
            [
                _required("id", ID_TYPE),
                pa.field("username", pa.string()),
                pa.field("email", pa.string()),
                pa.field("country", pa.string()),
                pa.field("subscription", pa.string()),
                pa.field("age", pa.uint8()),
                pa.field("gender", pa.string()),
            ]
        ),
        "experiments": pa.schema(
            [
                _required("id", ID_TYPE),
                _required("name", pa.string()),
                _required("start_time", INSTANT),
                pa.field("end_time", INSTANT),
                _required("control", pa.string()),
                pa.field("shares", pa.list_(pa.string())),
            ]
        ),
        "viewing_sessions": pa.schema(
            [
                _required("id", ID_TYPE),
                _required("user_id", ID_TYPE),
                _required("movie_id", ID_TYPE),
                _required("start_time", INSTANT),
                _required("watch_minutes_e4", pa.uint32()),
                pa.field("completion_e6", pa.uint32()),
                pa.field("device_type", pa.string()),
                pa.field("quality", pa.string()),
                pa.field("buffering_count", pa.uint16()),
                pa.field("attributes", ATTRIBUTES),
            ]
        ),
        "ratings": pa.schema(
            [
                _required("id", ID_TYPE),
                _required("user_id", ID_TYPE),
                _required("movie_id", ID_TYPE),
                _required("rating_e2", pa.uint16()),
                pa.field("review_text", pa.string()),
                _required("rating_date", INSTANT),
            ]
        ),
        "assignments": pa.schema(
            [
                _required("id", ID_TYPE),
                _required("user_id", ID_TYPE),
                _required("experiment_id", ID_TYPE),
                _required("variant", pa.string()),
                _required("exposed_at", INSTANT),
            ]
        ),
    }
)


ABSENT = pa.field("absent", pa.list_(pa.string()))
"""An extra column for films, users and experiments: the columns that the row's file does not have, which keep their
known values."""
_KEEPS_KNOWN = frozenset({"movies", "users", "experiments"})


def offered(table: str) -> pa.Schema:
    """All columns of a table's incoming rows; `ABSENT` is optional."""
    return INCOMING[table].append(ABSENT) if table in _KEEPS_KNOWN else INCOMING[table]


_CLICKHOUSE = {
    "fixed_size_binary[16]": "UInt128",
    "timestamp[s, tz=UTC]": "DateTime('UTC')",
    "date32[day]": "Nullable(Date32)",
    "string": "Nullable(String)",
    "map<string, string>": "Map(String, String)",
    "list<item: string>": "Array(String)",
    "uint8": "Nullable(UInt8)",
    "uint16": "Nullable(UInt16)",
    "uint32": "Nullable(UInt32)",
}


def clickhouse_type(field: pa.Field) -> str:
    """The engine's type for a field of the offered rows."""
    kind = _CLICKHOUSE[str(field.type)]
    return f"Nullable({kind})" if field.nullable and field.type == INSTANT else kind
