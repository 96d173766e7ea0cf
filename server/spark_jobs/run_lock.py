"""One Spark job at a time, among all processes with the same scratch folder, and its folder for spill files."""

import fcntl
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.errors import Overloaded, Unavailable

# One lock per process, because each command and each relayed command makes its own runner of jobs.
_RUNNING = threading.Lock()
_BUSY = "A Spark job is running already. Try again when it is done."


@contextmanager
def run_lock(scratch: Path) -> Iterator[int]:
    """Lock out other runs. The lock is the descriptor that is yielded: a job that inherits it keeps it as long as it
    lives, also beyond this process.

    Raises: Overloaded while a job runs; Unavailable if the scratch folder can't be made.
    """
    if not _RUNNING.acquire(blocking=False):
        raise Overloaded(_BUSY)
    try:
        with _held(scratch) as lock:
            yield lock
    finally:
        _RUNNING.release()


@contextmanager
def spill_folder(scratch: Path) -> Iterator[Path]:
    """A folder for Spark's spill files. Also removes those of dead runs, as no other run can be active."""
    for left in scratch.glob("spill-*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix="spill-", dir=scratch))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _held(folder: Path) -> Iterator[int]:
    """Lock a folder, making it if missing; yields the descriptor that holds the lock.

    Raises: Overloaded if another process has locked it, Unavailable if it can't be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise Unavailable(f"Spark's folder {folder} can't be used: {error.strerror}. See MARQUEE_STAGING.") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Overloaded(_BUSY) from error
        yield descriptor
    finally:
        os.close(descriptor)
