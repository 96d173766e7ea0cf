"""The intent: a row in `forgetting` for each person until they are forgotten, so that opening can finish a dead
attempt.

The id is stored in clear only there, and only as long as the person's rows may exist too.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

import pyarrow as pa

from warehouse.engine.engine import Engine
from warehouse.ids import ID_TYPE
from warehouse.tables.scratch_tables import empty_table


@dataclass(frozen=True)
class Intent:
    """One person to forget. `months` (`YYYYMM`) are those in which rollups count them; `removed` are rows by table."""

    user_id: int
    user_key: int
    months: list[str]
    tombstone: bytes
    key_check: str
    keys_given: int
    removed: dict[str, int]
    by: str
    at: datetime


_SCHEMA = pa.schema(
    [
        ("user_id", ID_TYPE),
        ("user_key", pa.uint32()),
        ("months", pa.list_(pa.string())),
        ("tombstone", pa.binary(16)),
        ("key_check", pa.string()),
        ("keys_given", pa.uint32()),
        ("removed", pa.map_(pa.string(), pa.uint64())),
        ("by", pa.string()),
        ("at", pa.timestamp("us", "UTC")),
    ]
)
_COLUMNS = ", ".join(_SCHEMA.names)
_RECORDED = "tombstone, key_check, keys_given, removed, by, at"


def begin(engine: Engine, intent: Intent) -> None:
    """Store the intent, before anything is done."""
    row = {**asdict(intent), "user_id": intent.user_id.to_bytes(16, "little"), "removed": list(intent.removed.items())}
    engine.write("forgetting", pa.Table.from_pylist([row], schema=_SCHEMA))
    engine.sync()


def unfinished(engine: Engine) -> list[Intent]:
    """Unfinished intents, oldest first."""
    found = engine.query(f"SELECT {_COLUMNS} FROM forgetting ORDER BY at")
    return [Intent(**row) for row in found.dicts()]


def finish(engine: Engine) -> None:
    """Record that it is done, without anything that identifies the person, and delete the intent. Repeatable."""
    engine.sync()
    engine.command(
        f"INSERT INTO forgotten ({_RECORDED}) SELECT {_RECORDED} FROM forgetting "
        f"WHERE (tombstone, at) NOT IN (SELECT tombstone, at FROM forgotten) AND {engine.fence.holds}"
    )
    abandon(engine)


def abandon(engine: Engine) -> None:
    """Delete the intent, before the exchange or after all of it is done."""
    engine.sync()
    empty_table(engine, "forgetting")
    engine.sync()
