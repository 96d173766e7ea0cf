"""The request log: one JSON line for each request, in a file that is reopened on SIGHUP, or on stderr.

A line that can't be written is lost, and the request goes on.
"""

import logging
import os
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from io import BufferedWriter, FileIO
from pathlib import Path
from typing import Any

import orjson

from warehouse.errors import BadInput
from warehouse.query.local_time import instant_text

STDERR = "-"
LOG = logging.getLogger("marquee.server")


class RequestLog:
    """Writes lines to `where`: a path, `-` for stderr, or '' for nowhere. When the file reaches `most_bytes`, it is
    renamed to `{name}.1`, which replaces the one before.

    Raises: BadInput for a path that can't be written.
    """

    def __init__(self, where: str, most_bytes: int) -> None:
        self._path = None if where in ("", STDERR) else Path(where)
        self._most_bytes = most_bytes
        self._writing = threading.Lock()
        self._file: FileIO | BufferedWriter | None = None
        self._size_bytes = 0
        self._has_failed = False
        self.is_on = bool(where)
        if where == STDERR:
            self._file = FileIO(os.dup(sys.stderr.fileno()), "wb")
        elif self._path:
            try:
                self._open(self._path)
            except OSError as error:
                raise BadInput(
                    f"The request log {self._path} can't be written: {error.strerror}. Set MARQUEE_REQUEST_LOG to "
                    "another file, to - for stderr, or to nothing."
                ) from error

    def write(self, told: Mapping[str, Any]) -> None:
        """Write a line; its first key is `at`, when it was written."""
        if not self.is_on:
            return
        at = instant_text(datetime.now(UTC), "milliseconds")
        line = orjson.dumps({"at": at, **told}, default=str, option=orjson.OPT_APPEND_NEWLINE)
        with self._writing:
            try:
                self._append(line)
                self._has_failed = False
            except OSError as error:
                if not self._has_failed:
                    LOG.warning("Lines of the request log are lost: %s", error)
                self._has_failed = True

    def reopen(self) -> None:
        """Open the file again: another program has moved it away."""
        if self._path is None:
            return
        with self._writing:
            try:
                self._close()
                self._open(self._path)
            except OSError as error:
                LOG.warning("The request log can't be opened again: %s", error)

    def close(self) -> None:
        """Close the file."""
        with self._writing:
            self.is_on = False
            self._close()

    def _append(self, line: bytes) -> None:
        if self._path and self._size_bytes + len(line) > self._most_bytes:
            self._close()
            self._size_bytes = 0
            with suppress(FileNotFoundError):  # somebody has moved it away
                self._path.replace(self._path.with_name(f"{self._path.name}.1"))
        if self._file is None and self._path:
            self._open(self._path)
        if self._file is not None:
            self._file.write(line)
            self._size_bytes += len(line)

    def _open(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Unbuffered: a line is in the file when its request has ended. It tells who asked what: its owner's only.
        self._file = FileIO(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600), "ab")
        self._size_bytes = path.stat().st_size

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
