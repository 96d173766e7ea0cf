"""Torn files: what a full disk leaves in an embedded folder, and what the engine does not start with.

A `DELETE` begins by writing what it is to do into a file of the table. On a full disk the file stays behind, empty, the
statement fails and nothing is deleted; but the next start can't read the file, and the table with it.
"""

import logging
from pathlib import Path

LOG = logging.getLogger("marquee.warehouse")
_BEGIN = b"format version: "


def remove_torn_files(folder: Path) -> list[Path]:
    """Remove the files of deletes that were never begun; returns them. The engine must not be running."""
    torn = [file for file in folder.glob("store/*/*/mutation_*.txt") if not _is_whole(file)]
    for file in torn:
        LOG.warning("Removed %s: a full disk had stopped it from being written; the delete was never begun.", file.name)
        file.unlink()
    return torn


def _is_whole(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(_BEGIN)) == _BEGIN
