"""The file of tombstones beside an embedded warehouse: a folder that is put back from a copy does not bring people back
who were forgotten since.

It holds only tombstones, which reveal nothing without the hash key. Opening forgets again everybody whom the file names
and the warehouse does not.
"""

import os
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from warehouse import ids
from warehouse.engine.engine import Engine
from warehouse.errors import MarqueeError, Unavailable
from warehouse.forgetting.personal_rows import QUARANTINED_PERSON
from warehouse.forgetting.tombstones import Hash, Tombstones


def file_of(folder: Path) -> Path:
    """The file beside a warehouse's folder."""
    return folder.with_name(f"{folder.name}.forgotten")


def read_forgotten(folder: Path) -> set[str]:
    """The tombstones in the file, in hex; none without a file."""
    try:
        return set(file_of(folder).read_text(encoding="ascii").split())
    except FileNotFoundError:
        return set()


def note_forgotten(folder: Path, tombstones: Iterable[str]) -> None:
    """Add tombstones, in hex, to the file."""
    known = read_forgotten(folder)
    every = known | set(tombstones)
    if every == known:
        return
    path = file_of(folder)
    written = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with written.open("w", encoding="ascii") as file:
        file.writelines(f"{tombstone}\n" for tombstone in sorted(every))
        file.flush()
        os.fsync(file.fileno())
    written.replace(path)


def stored_tombstones(engine: Engine, table: str = "forgotten") -> set[str]:
    """The tombstones that a warehouse has, in hex; `table` may be one of a moment."""
    return {tombstone for (tombstone,) in engine.query(f"SELECT DISTINCT lower(hex(tombstone)) FROM {table}").rows}


def people_of(
    engine: Engine, tombstones: Tombstones, wanted: Iterable[str], instead: Mapping[str, str] | None = None
) -> list[int]:
    """The ids of people who are stored and have one of these tombstones, also of those whom only the quarantine names.
    `instead` names tables to look into in the place of others.

    Raises: Unavailable without the key.
    """
    keyed = _key(tombstones)
    users, rejects = ((instead or {}).get(table, table) for table in ("users_versions", "rejected_rows"))
    quarantined = (
        f"SELECT {ids.from_text_sql('word')} AS id FROM "
        f"(SELECT arrayJoin(extractAll({QUARANTINED_PERSON}, {{ids:String}})) AS word FROM {rejects})"
    )
    found = engine.query(
        f"SELECT DISTINCT id FROM (SELECT id FROM {users} UNION ALL {quarantined}) "
        f"WHERE lower(hex({keyed.sql('id')})) IN {{wanted:Array(String)}}",
        {**keyed.parameters, "ids": ids.IN_TEXT, "wanted": sorted(wanted)},
    )
    return [user_id for (user_id,) in found.rows]


def keep_out(engine: Engine, tombstones: Tombstones, wanted: Iterable[str], by: str) -> None:
    """Store tombstones of people about whom nothing is stored, so that no load brings them back."""
    keyed = _key(tombstones)
    rows = [
        {
            "tombstone": bytes.fromhex(one),
            "key_check": keyed.check,
            "keys_given": 0,
            "removed": [],
            "by": by,
            "at": datetime.now(UTC),
        }
        for one in sorted(wanted)
    ]
    if rows:
        engine.write("forgotten", pa.Table.from_pylist(rows, _SCHEMA))


_SCHEMA = pa.schema(
    [
        ("tombstone", pa.binary(16)),
        ("key_check", pa.string()),
        ("keys_given", pa.uint32()),
        ("removed", pa.map_(pa.string(), pa.uint64())),
        ("by", pa.string()),
        ("at", pa.timestamp("us", "UTC")),
    ]
)


def _key(tombstones: Tombstones) -> Hash:
    try:
        return tombstones.hash()
    except MarqueeError as error:
        raise Unavailable(
            f"This warehouse is older than requests to forget people, which can't be carried out again: {error}"
        ) from error
