"""The inbox: the folder that holds bodies of rows while they are received, waiting and read.

They hold personal data: only the owner can read the folder, each file is removed with its request, and leftovers of a
killed process are removed by the next one. So it lies beside the warehouse or where a setting says, never in `/tmp`.
"""

import fcntl
import os
import shutil
import tempfile
import weakref
from pathlib import Path

from warehouse.engine.address import Address, Embedded

_LOCK = ".lock"


class Inbox:
    """Hands out unique file paths; makes the folder on first use. In front of a server several processes may share
    `shared`: each has a folder of its own in it, held by a lock.
    """

    def __init__(self, address: Address, shared: Path) -> None:
        self._shared = shared
        self._folder: Path | None = None
        self._is_alone = isinstance(address, Embedded)
        if isinstance(address, Embedded):
            self._folder = address.folder.with_name(f"{address.folder.name}.inbox")
            # This process holds the warehouse, so nobody else uses the folder.
            shutil.rmtree(self._folder, ignore_errors=True)
        else:
            remove_leftovers(shared)
        self._next = 0

    def path(self) -> Path:
        """A new path to write a file to."""
        self._next += 1
        return self._made() / f"{self._next}.body"

    def _made(self) -> Path:
        if self._folder is None:
            self._folder = self._own()
        elif self._is_alone:
            self._folder.mkdir(mode=0o700, exist_ok=True)
        return self._folder

    def _own(self) -> Path:
        self._shared.mkdir(mode=0o700, parents=True, exist_ok=True)
        while True:
            own = Path(tempfile.mkdtemp(dir=self._shared))
            lock = os.open(own / _LOCK, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(lock, fcntl.LOCK_EX)
            if own.exists():
                weakref.finalize(self, _give_up, own, lock)
                return own
            # Another process took it for a leftover before it was locked.
            os.close(lock)


def remove_leftovers(shared: Path) -> None:
    """Remove the folders of processes that were killed: nobody holds their locks."""
    for folder in shared.glob("*/") if shared.is_dir() else ():
        try:
            lock = os.open(folder / _LOCK, os.O_WRONLY | os.O_CLOEXEC)
        except OSError:
            # Just being made, or a process died while it made it: there are no bodies in it.
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        except BlockingIOError:
            pass  # its process is alive
        finally:
            os.close(lock)


def _give_up(folder: Path, lock: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    os.close(lock)
