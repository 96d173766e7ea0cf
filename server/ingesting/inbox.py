"""The inbox: the folder that holds bodies of rows while they are received, waiting and read.

They hold personal data: only the owner can read the folder, each file is removed with its request, and leftovers of a
killed process are removed by the next one.
"""

import shutil
import tempfile
import weakref
from pathlib import Path

from warehouse.engine.address import Address, Embedded


class Inbox:
    """Hands out unique file paths; makes the folder on first use."""

    def __init__(self, address: Address) -> None:
        if isinstance(address, Embedded):
            self._folder: Path | None = address.folder.with_name(f"{address.folder.name}.inbox")
            # This process holds the warehouse, so nobody else uses the folder.
            shutil.rmtree(self._folder, ignore_errors=True)
        else:
            self._folder = None
        self._next = 0

    def path(self) -> Path:
        """A new path to write a file to."""
        self._next += 1
        return self._made() / f"{self._next}.body"

    def _made(self) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="marquee-inbox-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        else:
            self._folder.mkdir(mode=0o700, exist_ok=True)
        return self._folder
