"""The mark in an embedded folder while a process uses it: a copy that was made meanwhile is noticed.

A copy of a folder in use has files of different moments, and the engine may open it without an error. The mark says
which folder it is in, by the numbers that the file system gives to the folder and the mark: after a crash they are the
same, in a copy they are not.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson

from warehouse.errors import Unavailable, disk_is_full

NAME = "marquee.open"
# The mark of a copy that is being checked, or failed its check.
COPIED = "marquee.copied"
_adopting: set[Path] = set()


def mark_open(folder: Path) -> None:
    """Mark a folder as in use; a mark of a process that died here is replaced.

    Raises: Unavailable for a copy that was made while the folder was in use, and when the disk is full.
    """
    mark = folder / NAME
    is_copied = (folder / COPIED).exists() and folder.resolve() not in _adopting
    if is_copied or (mark.exists() and not _is_own(folder, mark)):
        raise Unavailable(
            f"{folder} is a copy that was made while a process used the warehouse, so its files are of different "
            "moments. Make copies with marquee warehouse backup, or stop the process first. If you have no other, run "
            "marquee warehouse adopt: it checks all of it, and says what is wrong."
        )
    try:
        with mark.open("wb") as file:
            made = os.fstat(file.fileno())
            file.write(orjson.dumps({"folder": folder.stat().st_ino, "mark": made.st_ino, "pid": os.getpid()}))
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise disk_is_full() from error
        raise


@contextmanager
def adopting(folder: Path) -> Iterator[None]:
    """Let this process open a copy during the block, to check it."""
    _adopting.add(folder.resolve())
    try:
        yield
    finally:
        _adopting.discard(folder.resolve())


def mark_closed(folder: Path) -> None:
    """Remove the mark: nothing is in memory any more."""
    (folder / NAME).unlink(missing_ok=True)


def _is_own(folder: Path, mark: Path) -> bool:
    try:
        told = orjson.loads(mark.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        # A process died, or a disk was full, before it was written.
        return True
    return (told.get("folder"), told.get("mark")) == (folder.stat().st_ino, mark.stat().st_ino)
