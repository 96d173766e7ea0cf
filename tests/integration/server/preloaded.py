"""`marquee` in forks of a process that has imported it and never had an engine: a command costs what it does, not what
it takes to import. Folder, environment and standard streams are the command's own, and it ends as a process does.
"""

import atexit
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, NoReturn

MODULES = (
    *("server.cli", "server.http.app", "server.identity.cli", "server.answering.service", "resolvers.root"),
    *("ingest.cli", "ingest.loading.load_file", "warehouse.cli", "warehouse", "spark.cli"),
)


def run(
    arguments: Sequence[str], folder: Path, environment: Mapping[str, str], stdin: str | None, timeout_s: float
) -> subprocess.CompletedProcess[str]:
    """A command, to its end; without `stdin` it has an empty one.

    Raises: subprocess.TimeoutExpired, when it was killed.
    """
    with (
        tempfile.TemporaryFile("w+") as asked,
        tempfile.TemporaryFile("w+") as given,
        tempfile.TemporaryFile("w+") as out,
        tempfile.TemporaryFile("w+") as err,
    ):
        json.dump({"arguments": list(arguments), "folder": str(folder), "environment": dict(environment)}, asked)
        given.write(stdin or "")
        for file in (asked, given):
            file.seek(0)
        code = _run((asked, given, out, err), arguments, timeout_s)
        for file in (out, err):
            file.seek(0)
        return subprocess.CompletedProcess(arguments, code, out.read(), err.read())


def _run(files: Sequence[IO[str]], arguments: Sequence[str], timeout_s: float) -> int:
    reading, writing = os.pipe()
    with os.fdopen(reading) as told:
        try:
            socket.send_fds(_parent(), [b"!"], [*(file.fileno() for file in files), writing])
        finally:
            os.close(writing)
        pid = int(told.readline())
        # Not `select`: a process of tests has more files open than that can look at.
        ready = select.poll()
        ready.register(told, select.POLLIN)
        if not ready.poll(timeout_s * 1000):
            os.kill(pid, signal.SIGKILL)
            raise subprocess.TimeoutExpired(list(arguments), timeout_s)
        return int(told.readline())


@cache
def _parent() -> socket.socket:
    """A connection to the process that forks; both end with this one."""
    ours, theirs = socket.socketpair()
    with theirs:
        command = [sys.executable, __file__, str(theirs.fileno())]
        process = subprocess.Popen(command, pass_fds=[theirs.fileno()])

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours


def _serve(channel: socket.socket) -> None:
    """Fork for each request; only a command that has done its part comes back, and ends."""
    for name in MODULES:
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        is_more, descriptors, _, _ = socket.recv_fds(channel, 1, 5)
        if not is_more:
            return
        if os.fork() == 0:
            channel.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            if (pid := os.fork()) == 0:
                _become(*descriptors)
            _tell(descriptors[-1], pid)
        for descriptor in descriptors:
            os.close(descriptor)


def _tell(descriptor: int, pid: int) -> NoReturn:
    """Say which process it is, and what it ended with."""
    with os.fdopen(descriptor, "w", buffering=1) as told:
        told.write(f"{pid}\n")
        told.write(f"{os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}\n")
    os._exit(0)


def _become(asked: int, stdin: int, stdout: int, stderr: int, told: int) -> NoReturn:
    """Be the command."""
    from server.cli import main

    os.close(told)
    with os.fdopen(asked) as file:
        request = json.load(file)
    for ours, standard in ((stdin, 0), (stdout, 1), (stderr, 2)):
        os.dup2(ours, standard)
        os.close(ours)
    sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, errors="backslashreplace", closefd=False)  # noqa: SIM115
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv = ["marquee", *request["arguments"]]
    main()
    raise SystemExit


if __name__ == "__main__":
    # Not this folder, whose files are called as others are.
    del sys.path[0]
    _serve(socket.socket(fileno=int(sys.argv[1])))
