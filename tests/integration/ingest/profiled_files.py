"""Files as a profile reads them, and the rows that they become."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingest.loading.held_files import Held
from ingest.loading.load_file import opened
from ingest.loading.options import Options
from ingest.profiles.profile import profile_of
from warehouse.ids import to_text

NOW_S = 1_795_000_000
Rows = list[dict[str, Any]]


def loaded(content: str | bytes, folder: Path, table: str, document: dict[str, Any], name: str = "a.csv") -> Held:
    """The rows of a file as a profile reads them."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    held = Held()
    with opened(table, path, name, Options(profile_of(document)), NOW_S) as file:
        held.file = file
        file.pour(held, file.validated())
    return held


def rows(held: Held) -> Rows:
    """Its good rows, as people write them: what is missing is left out."""
    return [
        {name: _plain(value) for name, value in row.items() if value not in (None, []) and name != "absent"}
        for batch, _ in held.batches
        for row in batch.to_pylist()
    ]


def _plain(value: object) -> object:
    return to_text(int.from_bytes(value, "little")) if isinstance(value, bytes) else value


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
