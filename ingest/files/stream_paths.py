"""Paths that name what only the caller has open: pipes, terminals, and descriptors (`/dev/stdin`, `<(command)`)."""

import os
import stat
from pathlib import Path

# Another process would find its own there.
_OWN = ("/dev/fd/", "/dev/stdin", "/proc/self/", "/proc/thread-self/")


def is_stream(path: str) -> bool:
    """Whether a path, seen from this process, can be read only once, or only by it."""
    try:
        mode = Path(path).stat().st_mode
    except (OSError, ValueError):
        return False
    # Not resolved: `/dev/stdin` leads to whatever this process has there.
    is_own = str(Path.cwd() / path).startswith(_OWN) and not stat.S_ISDIR(mode)
    return is_own or stat.S_ISFIFO(mode) or stat.S_ISCHR(mode) or stat.S_ISSOCK(mode)


def printable(name: str) -> str:
    """A name as UTF-8: bytes that are not UTF-8 are shown as escapes."""
    return os.fsencode(name).decode(errors="backslashreplace")
