"""The lock of an embedded folder, and a note of which process holds it."""

import fcntl
import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from warehouse.engine.private_folder import make_private
from warehouse.errors import Unavailable, WarehouseHeld

# A JSON web token.
_TOKEN = re.compile(r"eyJ[\w-]+\.")


class FolderLock:
    """An exclusive lock on a warehouse folder, held until `release` or the end of the process.

    The lock file stands beside the engine's data and holds `{"pid", "command", "socket", "secret_file"}` of its holder.

    Raises: WarehouseHeld when another process holds it, Unavailable when the folder can't be written, or others can
    read it.
    """

    def __init__(self, folder: Path) -> None:
        self.path = lock_path(folder)
        try:
            make_private(folder)
            if not os.access(folder, os.W_OK):
                raise PermissionError("it is read-only")
            self._file = os.fdopen(
                os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600), "a+", encoding="utf-8"
            )
            os.fchmod(self._file.fileno(), 0o600)
        except OSError as error:
            why = error.strerror or str(error)
            raise Unavailable(
                f"The warehouse folder {folder} can't be written: {why}. Set MARQUEE_WAREHOUSE to another."
            ) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            held = _held(folder, self._file)
            self._file.close()
            raise held from error
        self.announce(socket=None)

    def announce(self, socket: str | None, secret_file: str | None = None) -> None:
        """Write who holds the folder, where it takes commands, and the file of the secret that it checks tokens by."""
        command = command_line(sys.argv[1:])
        note = {"pid": os.getpid(), "command": command, "socket": socket, "secret_file": secret_file}
        # On a full disk the note can't be written; the lock is held all the same.
        with suppress(OSError):
            os.ftruncate(self._file.fileno(), 0)
            os.pwrite(self._file.fileno(), json.dumps(note).encode(), 0)

    def release(self) -> None:
        """Release the folder."""
        if not self._file.closed:
            self._file.seek(0)
            self._file.truncate()
            self._file.close()


def lock_path(folder: Path) -> Path:
    """The lock file of a warehouse folder."""
    return folder.with_name(f"{folder.name}.lock")


def holder_of(folder: Path) -> Mapping[str, Any]:
    """What the process that holds a folder wrote about itself; empty where nobody holds it, or nothing can be read."""
    try:
        with lock_path(folder).open(encoding="utf-8") as file:
            note = json.loads(file.read())
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}


def command_line(argv: Sequence[str]) -> str:
    """The command as other processes see it, without the id of a person to forget, and without tokens."""
    shown, hides = ["marquee"], False
    for word in argv:
        hides = hides or bool(_TOKEN.search(word))
        hidden = "--user=..." if word.startswith("--user=") else "..." if hides else word
        shown.append(hidden)
        hides = word == "--user"
    return " ".join(shown)


def _held(folder: Path, file: TextIOWrapper) -> WarehouseHeld:
    file.seek(0)
    try:
        note = json.loads(file.read())
    except ValueError:
        note = {}
    pid, command = note.get("pid"), note.get("command", "unknown")
    return WarehouseHeld(
        f"The warehouse {folder} is held by process {pid or 'unknown'} ({command}). "
        "Stop it, or set MARQUEE_WAREHOUSE to another folder.",
        pid=pid,
        socket=note.get("socket"),
    )
