"""The relay: the process that holds an embedded folder takes commands over a socket beside it, and runs them as its
own.

A message is one JSON object a line. The caller sends `{argv, folder, width, terminal, stdin}`, the last being a file
with what it was given on standard input; back come `{out}` and `{err}` with text
as it is written, and at last `{exit}`. The socket's mode is 0600: who may open the folder may send commands.
"""

import contextlib
import io
import json
import os
import shutil
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import IO, Any, TextIO, cast

from rich.console import Console

from warehouse.errors import Unavailable

# What sun_path holds on Linux and macOS, less its ending zero.
_LONGEST_PATH = 100

Run = Callable[[list[str], Path, Callable[[str], None], Console, Path], int]
# The argument that stands for standard input.
_STDIN = "-"


class Relay:
    """Serves commands on a socket until closed; each runs in a thread of its own through `run`."""

    def __init__(self, folder: Path, run: Run) -> None:
        self.path = _socket_path(folder)
        self._run = run
        self.path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        # Bound under a mask, so that there is no moment in which others may connect.
        mask = os.umask(0o177)
        try:
            self._socket.bind(str(self.path))
        finally:
            os.umask(mask)
        self._socket.listen(16)
        threading.Thread(target=self._accept, name="relay", daemon=True).start()

    def close(self) -> None:
        """Take no more commands."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self.path.unlink(missing_ok=True)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        # A caller that went away in mid-command ends the command at its next output.
        with connection, contextlib.suppress(BrokenPipeError, ConnectionResetError):
            command = json.loads(connection.makefile("r", encoding="utf-8").readline())
            writing = threading.Lock()

            def send(message: dict[str, Any]) -> None:
                with writing:
                    connection.sendall(json.dumps(message).encode() + b"\n")

            errors = Console(
                file=cast(IO[str], _Sender(lambda text: send({"err": text}))),
                width=command["width"],
                force_terminal=command["terminal"],
            )
            code = self._run(
                command["argv"],
                Path(command["folder"]),
                lambda text: send({"out": f"{text}\n"}),
                errors,
                Path(command["stdin"]),
            )
            send({"exit": code})


class _Sender(io.TextIOBase):
    """A text file whose writes go to a function."""

    def __init__(self, send: Callable[[str], None]) -> None:
        self._send = send

    def write(self, text: str) -> int:
        self._send(text)
        return len(text)


def forward(path: str, argv: list[str], out: TextIO | None = None, err: TextIO | None = None) -> int:
    """Run a command in the process behind a socket, with its output here, or where it is wanted; returns its exit code.

    Raises: Unavailable when the process does not take it, or goes away before the end.
    """
    with _standard_input(argv) as stdin, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        try:
            connection.connect(path)
            command = {
                "argv": argv,
                "folder": str(Path.cwd()),
                "width": shutil.get_terminal_size().columns,
                "terminal": sys.stderr.isatty(),
                "stdin": stdin,
            }
            connection.sendall(json.dumps(command).encode() + b"\n")
            for line in connection.makefile("r", encoding="utf-8"):
                message = json.loads(line)
                if "exit" in message:
                    return int(message["exit"])
                stream = (out or sys.stdout) if "out" in message else (err or sys.stderr)
                stream.write(message.get("out") or message.get("err") or "")
                stream.flush()
        except OSError as error:
            raise Unavailable(
                f"The process that holds the warehouse does not answer on {path}: {error.strerror}."
            ) from error
    raise Unavailable("The process that holds the warehouse ended before the command was done.")


@contextmanager
def _standard_input(argv: list[str]) -> Iterator[str]:
    """A file with what the command will read from standard input, whole: a caller that dies sends no half of it."""
    if not any(word == _STDIN and before != "--delimiter" for before, word in pairwise(argv)):
        yield os.devnull
        return
    with tempfile.NamedTemporaryFile(prefix="marquee-stdin-") as file:
        shutil.copyfileobj(sys.stdin.buffer, file, 1 << 20)
        file.flush()
        yield file.name


def _socket_path(folder: Path) -> Path:
    beside = folder.with_name(f"{folder.name}.sock")
    if len(str(beside)) <= _LONGEST_PATH:
        return beside
    return Path(tempfile.gettempdir()) / f"marquee-{sha256(str(beside).encode()).hexdigest()[:16]}.sock"
