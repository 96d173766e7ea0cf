"""Torn files: empty files that a full disk leaves in an embedded folder, and that keep the engine from starting.

A `DELETE` begins by writing its condition into a file of the table. On a full disk the statement fails, nothing is
deleted, and an empty file stays. At the next start the engine can't read that file, nor the table.
"""

import logging
from pathlib import Path

LOG = logging.getLogger("marquee.warehouse")
_BEGIN = b"format version: "


def remove_torn_files(folder: Path) -> list[Path]:
    """Remove the empty files of such deletes; returns them. The engine must not be running."""
    torn = [file for file in folder.glob("store/*/*/mutation_*.txt") if not _is_whole(file)]
    for file in torn:
        LOG.warning("Removed %s: a full disk stopped it from being written; the delete never started.", file.name)
        file.unlink()
    return torn


def _is_whole(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(_BEGIN)) == _BEGIN
