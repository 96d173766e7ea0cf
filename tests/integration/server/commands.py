"""`marquee` as its users run it: a process of its own, in a folder of its own.

What stays is started as anybody starts it. A command that runs to its end is forked off a process that has imported it
already, see `preloaded`.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.integration.server import preloaded

MARQUEE = Path(sys.executable).with_name("marquee")
START_S = 60.0


@dataclass(frozen=True)
class Place:
    """A folder with its own settings; without any, `.marquee` below it holds warehouse and secret."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """Ours without settings of the machine, and this place's."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MARQUEE_")}
        return {**kept, "COLUMNS": "100", **self.settings}

    def run(
        self, *arguments: str, cwd: Path | None = None, stdin: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """A command, to its end."""
        return preloaded.run(arguments, cwd or self.folder, self.environment, stdin, timeout_s=120)

    def start(self, *arguments: str, stdin: int | None = None) -> subprocess.Popen[str]:
        """A command that stays; `stdin` is as in Popen."""
        return subprocess.Popen(
            [MARQUEE, *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @contextmanager
    def serving(self, command: str = "serve", *options: str) -> Iterator["Served"]:
        """The server, from its first line of output until it is told to end."""
        port = free_port()
        process = self.start(command, "--port", str(port), *options)
        with process:
            try:
                lines = first_lines(process, 4 if command == "demo" else 1)
                served = Served(process, f"http://127.0.0.1:{port}", lines)
                served.wait()
                yield served
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=30)


@dataclass(frozen=True)
class Served:
    """A server that answers: its process, its address, and what it said."""

    process: subprocess.Popen[str]
    address: str
    lines: list[str]

    def token(self, role: str) -> str:
        """The token of a role's ready link, as `marquee demo` prints it."""
        (link,) = [line for line in self.lines if f"as {role}" in line]
        return link.partition("#token=")[2]

    def wait(self) -> None:
        """Return once it answers."""
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            try:
                if httpx.get(f"{self.address}/readyz").status_code == 200:
                    return
            except httpx.ConnectError:
                time.sleep(0.02)
        raise AssertionError(f"{self.address} does not answer")


def first_lines(process: subprocess.Popen[str], count: int) -> list[str]:
    """The first lines of a process's output; fails with its last words when it ends before, or is silent too long."""
    assert process.stdout is not None
    assert process.stderr is not None
    # A timer rather than select: the pipe may be empty while lines wait in the reader's buffer.
    timer = threading.Timer(START_S, process.kill)
    timer.start()
    try:
        lines = [process.stdout.readline() for _ in range(count)]
    finally:
        timer.cancel()
    if not all(lines):
        process.kill()
        raise AssertionError(f"no start: {process.stderr.read()}")
    return [line.rstrip("\n") for line in lines]


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
