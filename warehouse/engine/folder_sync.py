"""Syncing the file system of a folder: what was written before a sync survives a power cut after it."""

import ctypes
import errno
import os
from pathlib import Path

from warehouse.errors import Unavailable, disk_is_full

_SYNCFS = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)


class FolderSync:
    """Syncs all files of a folder's file system at once, those of other programs too: one call costs less than a sync
    of each file of a load, and covers names, links and folders. The folder must exist.
    """

    def __init__(self, folder: Path) -> None:
        # Open as long as the warehouse is: the system then reports errors of writes that it made between two syncs.
        self._folder = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)

    def wait(self) -> None:
        """Wait until all that was written is on the disk.

        Raises: Unavailable when the disk reports an error.
        """
        if _SYNCFS is None:  # only Linux has it
            os.sync()
        elif _SYNCFS(self._folder) != 0:
            number = ctypes.get_errno()
            if number in (errno.ENOSPC, errno.EDQUOT):
                raise disk_is_full()
            raise Unavailable(
                f"The disk of the warehouse reports an error: {os.strerror(number)}. "
                "What was written last may be lost. Check the disk before you load again."
            )

    @classmethod
    def once(cls, folder: Path) -> None:
        """Sync the file system of a folder that is not kept open.

        Raises: Unavailable, as above.
        """
        sync = cls(folder)
        try:
            sync.wait()
        finally:
            sync.close()

    def close(self) -> None:
        """Close the folder."""
        os.close(self._folder)
