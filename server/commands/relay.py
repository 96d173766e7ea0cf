"""The relay: the process that holds an embedded folder accepts commands over a socket next to it and runs them.

Each message is one JSON object per line. The caller sends `{argv, folder, width, terminal, screen, stdin, given}`:
`screen` is what its output goes to, `stdin` the path of a file with its standard input, and `given` has such paths of
other streams that its arguments name. Pipes and descriptors are read by the caller, because here they would be others.
The reply is a series of `{out}` and `{err}` messages with text as it is written, and `{bytes}` in base64, then
`{exit}`. The socket's mode is 0600: only the folder's owner can send commands.
"""

import contextlib
import io
import json
import logging
import os
import shutil
import socket
import sys
import tempfile
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO, TextIO, cast

from rich.console import Console

from ingest.files.stream_paths import is_stream
from server.commands.exit_codes import OUTPUT_CLOSED
from server.commands.screen import Screen, own_screen
from warehouse.engine.address import Embedded
from warehouse.engine.private_folder import runtime_folder
from warehouse.errors import Unavailable

if TYPE_CHECKING:
    from warehouse import Warehouse

LOG = logging.getLogger("marquee")
# Below the limit of sun_path: 108 bytes on Linux, 104 on macOS.
_LONGEST_PATH = 100


@dataclass(frozen=True)
class Forwarded:
    """A command of another process: where it was given, and what it writes to. `stdin` and `given` are files with what
    the caller has read for it.
    """

    argv: list[str]
    folder: Path
    out: Callable[[str], None]
    send: Callable[[bytes], None]
    console: Console
    screen: Screen
    stdin: Path
    given: Mapping[str, Path]


Run = Callable[[Forwarded], int]
# The argument that means standard input, but not after options for which it is a character, or standard output.
_STDIN = "-"
_OTHERWISE = ("--delimiter", "--output")


class OutputClosed(Exception):
    """Nobody reads a command's output any more. Not an OSError: at one the command line's library would end the
    process that runs the command."""


class Relay:
    """Serves commands on a socket until closed. Each command runs through `run` in its own thread."""

    def __init__(self, folder: Path, run: Run) -> None:
        self.path = _socket_path(folder)
        self._run = run
        self.path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        # The umask applies before bind, so other users can never connect.
        mask = os.umask(0o177)
        try:
            self._socket.bind(str(self.path))
        except OSError:
            self._socket.close()
            raise
        finally:
            os.umask(mask)
        self._socket.listen(16)
        threading.Thread(target=self._accept, name="relay", daemon=True).start()

    def close(self) -> None:
        """Stop accepting commands."""
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
        # If the caller disconnects, its command ends at the next output.
        with connection, contextlib.suppress(BrokenPipeError, ConnectionResetError, OutputClosed):
            command = json.loads(connection.makefile("r", encoding="utf-8").readline())
            writing = threading.Lock()

            def send(message: dict[str, Any]) -> None:
                try:
                    with writing:
                        connection.sendall(json.dumps(message).encode() + b"\n")
                except (BrokenPipeError, ConnectionResetError) as error:
                    raise OutputClosed from error

            errors = Console(
                file=cast(IO[str], _Sender(lambda text: send({"err": text}))),
                width=command["width"],
                force_terminal=command["terminal"],
            )
            try:
                code = self._run(
                    Forwarded(
                        command["argv"],
                        Path(command["folder"]),
                        lambda text: send({"out": f"{text}\n"}),
                        lambda content: send({"bytes": b64encode(content).decode()}),
                        errors,
                        Screen(*command.get("screen", ())),
                        Path(command["stdin"]),
                        {name: Path(path) for name, path in command["given"].items()},
                    )
                )
            except OutputClosed:
                raise
            except Exception as error:
                # Said to the caller, to whom it would look as if this process had ended.
                LOG.exception("a command failed")
                where = "The log of the process that holds the warehouse says more."
                send({"err": f"Bug in Marquee: {type(error).__name__}. {where}\n"})
                code = 1
            send({"exit": code})


class _Sender(io.TextIOBase):
    """A text stream that passes each write to a function."""

    def __init__(self, send: Callable[[str], None]) -> None:
        self._send = send

    def write(self, text: str) -> int:
        self._send(text)
        return len(text)


def relay_on(warehouse: "Warehouse", run: Run, secret_file: Path) -> Relay | None:
    """A relay on the embedded folder that this process holds, announced to others with the secret that this process
    checks tokens by; None for another warehouse."""
    if not isinstance(warehouse.address, Embedded) or not warehouse.lock:
        return None
    relay = Relay(warehouse.address.folder, run)
    warehouse.lock.announce(str(relay.path), str(secret_file.absolute()))
    return relay


def forward(path: str, argv: list[str], out: TextIO | None = None, err: TextIO | None = None) -> int:
    """Run a command in the process behind a socket and write its output to `out` and `err`, by default this process's;
    returns its exit code.

    Raises: Unavailable when the process does not answer, or ends before the command does.
    """
    with (
        _standard_input(argv) as stdin,
        _other_streams(argv) as given,
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection,
    ):
        try:
            connection.connect(path)
            command = {
                "argv": argv,
                "folder": str(Path.cwd()),
                "width": shutil.get_terminal_size().columns,
                "terminal": sys.stderr.isatty(),
                "screen": astuple(Screen() if out else own_screen()),
                "stdin": stdin,
                "given": given,
            }
            connection.sendall(json.dumps(command).encode() + b"\n")
            for line in connection.makefile("r", encoding="utf-8"):
                message = json.loads(line)
                if "exit" in message:
                    return int(message["exit"])
                try:
                    _write(message, out or sys.stdout, err or sys.stderr)
                except BrokenPipeError:
                    return OUTPUT_CLOSED
        except OSError as error:
            raise Unavailable(
                f"The process that holds the warehouse does not answer on {path}: {error.strerror}."
            ) from error
    raise Unavailable("The process that holds the warehouse ended before the command was done.")


def _write(message: Mapping[str, str], out: TextIO, err: TextIO) -> None:
    if "bytes" in message:
        out.buffer.write(b64decode(message["bytes"]))
        out.buffer.flush()
        return
    stream = out if "out" in message else err
    stream.write(message.get("out") or message.get("err") or "")
    stream.flush()


@contextmanager
def _standard_input(argv: list[str]) -> Iterator[str]:
    """The path of a file with all of standard input: if the caller dies, no partial input is sent."""
    if not any(word == _STDIN and before not in _OTHERWISE for before, word in pairwise(argv)):
        yield os.devnull
        return
    with _spooled(sys.stdin.buffer) as path:
        yield path


@contextmanager
def _other_streams(argv: list[str]) -> Iterator[dict[str, str]]:
    """Paths of files with all of the streams that arguments name."""
    with contextlib.ExitStack() as stack:
        given: dict[str, str] = {}
        for word in dict.fromkeys(word for word in argv if is_stream(word)):
            try:
                with Path(word).open("rb") as stream:
                    given[word] = stack.enter_context(_spooled(stream))
            except OSError as error:
                raise Unavailable(f"{word} can't be read: {error.strerror}.") from error
        yield given


@contextmanager
def _spooled(stream: BinaryIO) -> Iterator[str]:
    """The path of a file with all of a stream, during the block.

    Rows hold personal data, and must not stay behind when this process is killed: where the system allows it, the file
    has no name but that of the open file.
    """
    open_files = Path(f"/proc/{os.getpid()}/fd")
    has_names = not open_files.is_dir()
    made = tempfile.NamedTemporaryFile if has_names else tempfile.TemporaryFile
    with made(prefix="marquee-stdin-") as file:
        shutil.copyfileobj(stream, file, 1 << 20)
        file.flush()
        yield file.name if has_names else str(open_files / str(file.fileno()))


def _socket_path(folder: Path) -> Path:
    beside = folder.with_name(f"{folder.name}.sock")
    if len(str(beside)) <= _LONGEST_PATH:
        return beside
    return runtime_folder() / f"{sha256(str(beside).encode()).hexdigest()[:16]}.sock"
