"""Private folders: made for their owner only, and refused where others on the machine could read them."""

import os
import stat
from pathlib import Path

from warehouse.errors import Unavailable

# What a process makes without saying a mode is for its owner only.
UMASK = 0o077
_OTHERS = 0o077


def make_private(folder: Path) -> None:
    """Make a folder, if it is missing, and check that nobody else may enter it.

    Raises: Unavailable with the command that mends it; OSError if it can't be made.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.stat()
    if found.st_uid not in (os.geteuid(), 0) and os.geteuid() != 0:
        raise Unavailable(f"The folder {folder} belongs to another user. Run: sudo chown -R $(id -u) {folder}")
    mode = stat.S_IMODE(found.st_mode)
    if mode & _OTHERS:
        raise Unavailable(
            f"The folder {folder} can be entered by other users of this machine (mode {mode:o}), and holds everything "
            f"that there is. Run: chmod 700 {folder}"
        )


def runtime_folder() -> Path:
    """A folder of this user alone for sockets: the session's own, or one below the temporary folder.

    Raises: Unavailable if somebody else has made it, or may enter it.
    """
    session = os.environ.get("XDG_RUNTIME_DIR", "")
    below = Path(session) if session and Path(session).is_dir() else Path("/tmp")
    folder = below / f"marquee-{os.geteuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise Unavailable(f"The folder {folder} for sockets can't be made: {error.strerror}.") from error
    is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
    if not is_ours or stat.S_IMODE(found.st_mode) & _OTHERS:
        raise Unavailable(
            f"The folder {folder} for sockets is not yours alone. Remove it, or set XDG_RUNTIME_DIR to one that is."
        )
    return folder
