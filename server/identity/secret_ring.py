"""The secrets for tokens: one that signs, and former ones that stay valid until a given time.

The file's first line is the signing secret in hex; each further line is a former secret and its end:
`<hex> <ISO 8601>`. Processes notice a changed file by its inode and time, so a rotation needs no restart.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from server.identity.secret import new_secret, parse_secret, read_private, replace_private
from warehouse.errors import Unavailable

FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Entry:
    """A secret, and until when tokens signed by it are valid."""

    secret: bytes
    until: datetime = FOREVER


class SecretRing:
    """The current secrets of a file; thread-safe."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._mark: tuple[int, int] | None = None
        self._looked_at = float("-inf")
        self._entries: Sequence[Entry] = ()

    def accepted(self, at_most_old_s: float = 0.0) -> Sequence[bytes]:
        """The valid secrets, as the file has them now or had them at most so long ago; the first one signs.

        Raises: Unavailable if the file can't be used; then no token is accepted.
        """
        now = datetime.now(UTC)
        return [entry.secret for entry in self._read(at_most_old_s) if entry.until > now]

    def rotate(self, grace: timedelta) -> None:
        """Make a new signing secret; former ones stay valid for at most `grace` from now.

        Raises: Unavailable.
        """
        now = datetime.now(UTC)
        end = now + grace
        former = [Entry(entry.secret, min(entry.until, end)) for entry in read_entries(self._path)]
        lines = [f"{entry.secret.hex()} {entry.until.isoformat()}" for entry in former if entry.until > now]
        replace_private(self._path, "\n".join([new_secret().hex(), *lines]))

    def _read(self, at_most_old_s: float) -> Sequence[Entry]:
        with self._lock:
            now = time.monotonic()
            if now - self._looked_at >= at_most_old_s:
                mark = self._mark_now()
                if mark is None or mark != self._mark:
                    self._entries = read_entries(self._path)
                    self._mark = mark
                self._looked_at = now
            return self._entries

    def _mark_now(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None  # reading reports the error, or makes the file
        return found.st_ino, found.st_ctime_ns


def read_entries(path: Path) -> Sequence[Entry]:
    """The entries of a file, the signing one first; the file is made if missing.

    Raises: Unavailable.
    """
    first, *former = read_private(path).split("\n")
    return (Entry(parse_secret(first, path)), *(_entry(line, path) for line in former))


def _entry(line: str, path: Path) -> Entry:
    text, _, end = line.partition(" ")
    try:
        until = datetime.fromisoformat(end)
        if until.tzinfo is None:
            raise ValueError("an instant has a zone")
    except ValueError as error:
        raise Unavailable(
            f"The secret file {path} has a former secret without its expiry. Remove that line."
        ) from error
    return Entry(parse_secret(text, path), until)
