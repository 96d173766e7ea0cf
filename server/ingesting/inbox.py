"""The inbox: the folder where bodies of rows lie while they come, wait and are read.

They hold people's data: the folder is its owner's alone, each file goes with its request, and what a killed process
left goes when the next one opens the inbox.
"""

import shutil
import tempfile
import weakref
from pathlib import Path

from warehouse.engine.address import Address, Embedded


class Inbox:
    """Hands out paths of files that nobody else uses; the folder is made when the first is asked for."""

    def __init__(self, address: Address) -> None:
        if isinstance(address, Embedded):
            self._folder: Path | None = address.folder.with_name(f"{address.folder.name}.inbox")
            # Who holds the warehouse is alone here.
            shutil.rmtree(self._folder, ignore_errors=True)
        else:
            self._folder = None
        self._next = 0

    def path(self) -> Path:
        """Where a file may be written."""
        self._next += 1
        return self._made() / f"{self._next}.body"

    def _made(self) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="marquee-inbox-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        else:
            self._folder.mkdir(mode=0o700, exist_ok=True)
        return self._folder
