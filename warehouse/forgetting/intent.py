"""The intent: what is to be forgotten stands in `forgetting` until it is, for opening to finish a dead attempt.

Only there the id is in clear, and only as long as the person's rows may still be here too.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

import pyarrow as pa

from warehouse.engine.engine import Engine
from warehouse.ids import ID_TYPE


@dataclass(frozen=True)
class Intent:
    """One person to forget. `months` (`YYYYMM`) are those of which rollups count them; `removed` are rows by table."""

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
    """Write down what is about to be done."""
    row = {**asdict(intent), "user_id": intent.user_id.to_bytes(16, "little"), "removed": list(intent.removed.items())}
    engine.insert("forgetting", pa.Table.from_pylist([row], schema=_SCHEMA))


def unfinished(engine: Engine) -> list[Intent]:
    """What a process left undone, oldest first."""
    found = engine.query(f"SELECT {_COLUMNS} FROM forgetting ORDER BY at")
    return [Intent(**row) for row in found.dicts()]


def finish(engine: Engine) -> None:
    """Record that it is done, without what names the person, and forget the intent too. Repeatable."""
    engine.command(
        f"INSERT INTO forgotten ({_RECORDED}) SELECT {_RECORDED} FROM forgetting "
        "WHERE (tombstone, at) NOT IN (SELECT tombstone, at FROM forgotten)"
    )
    abandon(engine)


def abandon(engine: Engine) -> None:
    """Do not do what was written down; it must not be begun yet, or be done."""
    engine.command("TRUNCATE TABLE forgetting")
