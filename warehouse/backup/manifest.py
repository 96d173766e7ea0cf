"""The manifest of a backup: when it was made, of what, and every file in it. A folder without one is not a backup: it
is written last.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import orjson

from warehouse.errors import BadInput

NAME = "backup.json"
# The warehouse's folder within a backup.
DATA = "warehouse"
_FORMAT = 1


@dataclass(frozen=True)
class Manifest:
    """`made_at` is ISO 8601 in UTC; `last_load` the number of the last load in it; `tables` the rows by table; `files`
    the sizes in bytes by path within `warehouse/`; `links` the targets of symbolic links; `forgotten` the tombstones by
    then, in hex.
    """

    made_at: str
    version: str
    migration: int
    last_load: int
    tables: Mapping[str, int]
    files: Mapping[str, int]
    links: Mapping[str, str]
    forgotten: Sequence[str]
    format: int = _FORMAT

    @property
    def size_bytes(self) -> int:
        """The size of all files."""
        return sum(self.files.values())

    def write(self, backup: Path) -> None:
        """Write it into a backup's folder."""
        (backup / NAME).write_bytes(orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2))


def read_manifest(backup: Path) -> Manifest:
    """The manifest of a backup's folder.

    Raises: BadInput for a folder that is not a complete backup, or one of a later version.
    """
    try:
        found = orjson.loads((backup / NAME).read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise BadInput(
            f"{backup} is not a backup: it has no readable {NAME}. Name a folder that marquee warehouse backup made."
        ) from error
    if found.get("format") != _FORMAT:
        raise BadInput(
            f"{backup} is a backup of format {found.get('format')}. Use the version of Marquee that made it."
        )
    return Manifest(**found)


def backups_in(folder: Path) -> Iterator[tuple[Path, Manifest]]:
    """The whole backups in a folder, oldest first."""
    found = []
    for path in folder.glob(f"*/{NAME}"):
        try:
            found.append((path.parent, read_manifest(path.parent)))
        except BadInput:
            continue
    yield from sorted(found, key=lambda one: datetime.fromisoformat(one[1].made_at))
