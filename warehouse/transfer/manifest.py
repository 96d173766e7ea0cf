"""The manifest of an export: when it was made, of what, and the files of each table with what they hold.

It is written last: a folder without one is not an export.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from warehouse.errors import BadInput

NAME = "export.json"
_FORMAT = 1


@dataclass(frozen=True)
class Piece:
    """One partition of a table: its file below the folder, its rows, and the sum of their hashes."""

    file: str
    rows: int
    fingerprint: int


@dataclass(frozen=True)
class Manifest:
    """`made_at` is ISO 8601 in UTC; `migration` the number of the schema; `last_load` the number of the last load;
    `tables` the pieces by table and partition; `forgotten` the tombstones by then, in hex.
    """

    made_at: str
    version: str
    migration: int
    last_load: int
    tables: Mapping[str, Mapping[str, Piece]]
    forgotten: Sequence[str]
    format: int = _FORMAT

    @property
    def rows(self) -> int:
        """The rows of all tables."""
        return sum(piece.rows for pieces in self.tables.values() for piece in pieces.values())

    @property
    def files(self) -> set[str]:
        """The files of all tables."""
        return {piece.file for pieces in self.tables.values() for piece in pieces.values()}

    def write(self, folder: Path) -> None:
        """Put it into an export's folder, in the place of the one before."""
        arriving = folder / f"{NAME}.writing"
        arriving.write_bytes(orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2))
        arriving.replace(folder / NAME)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of an export's folder.

    Raises: BadInput for a folder that is not an export, or one of a later version.
    """
    try:
        found = orjson.loads((folder / NAME).read_bytes())
        if found["format"] != _FORMAT:
            raise BadInput(
                f"{folder} is an export of format {found['format']}. Use the version of Marquee that made it."
            )
        tables = {
            table: {part: Piece(**piece) for part, piece in pieces.items()} for table, pieces in found["tables"].items()
        }
        return Manifest(**{**found, "tables": tables})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(
            f"{folder} is not an export: it has no readable {NAME}. Name a folder that marquee warehouse export made."
        ) from error
