"""Victims: processes that have a warehouse open, do what they are asked, and are killed where or when a test says.

They are forked from a process that has imported everything and never had an engine: one costs little more than opening.
"""

import multiprocessing
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from tests.integration.warehouse.modes import HASH_KEY
from tests.integration.warehouse.power_cut import note_syncs
from warehouse import open_warehouse
from warehouse.engine.engine import Engine
from warehouse.engine.limits import Limits

# What a victim is asked: a function of a module, and what it takes besides the warehouse.
Act = Callable[..., Any]

_COMMAND, _INSERT, _WRITE = Engine.command, Engine.insert, Engine.write
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([__name__, "tests.integration.warehouse.story"])


@dataclass(frozen=True)
class Death:
    """Where a victim dies: just before, or just after, a statement that begins so comes for the `times`-th time. With
    SIGSTOP as its `signal` it sleeps there until it is woken.
    """

    statement: str
    times: int = 1
    after: bool = False
    signal: int = signal.SIGKILL

    def __str__(self) -> str:
        return f"{'after' if self.after else 'before'} {self.statement} {self.times}"


class Killed(Exception):
    """The victim was dead before it answered."""


class Victim:
    """A process with a warehouse open; `death` awaits it while it opens, and so while it recovers. It notes in the file
    `synced` what is on the disk for good.

    Raises: Killed from every method that waits for an answer, when there will be none.
    """

    def __init__(
        self, address: str, death: Death | None = None, synced: Path | None = None, limits: Limits | None = None
    ) -> None:
        self._pipe, other = _FORKS.Pipe()
        self.process = _FORKS.Process(target=_live, args=(address, death, synced, other, limits))
        self.process.start()
        other.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # it may be dead
            self._pipe.send(None)
        self.process.join()
        self._pipe.close()

    def opened(self) -> "Victim":
        """Wait until the warehouse is open."""
        self._answer()
        return self

    def ask(self, act: Act, *given: Any, death: Death | None = None) -> Any:
        """What `act(warehouse, *given)` returns there; `death` awaits it meanwhile."""
        self.begin(act, *given, death=death)
        return self._answer()

    def begin(self, act: Act, *given: Any, death: Death | None = None) -> None:
        """Let it do something, and wait for nothing."""
        self._pipe.send((death, act, given))

    def answers_in(self, seconds: float) -> bool:
        """Whether there is an answer, or the end of the process, within a time."""
        return self._pipe.poll(seconds)

    def answer(self) -> Any:
        """What it was begun for."""
        return self._answer()

    def killed_in(self, seconds: float) -> Any:
        """Kill it after a time, or at its answer; returns that, None where it came to none."""
        answer = self._answer() if self._pipe.poll(seconds) else None
        self.process.kill()
        self.process.join()
        self._pipe.close()
        return answer

    def _answer(self) -> Any:
        try:
            answer = self._pipe.recv()
        except (EOFError, ConnectionResetError):
            self.process.join()
            assert self.process.exitcode == -signal.SIGKILL
            raise Killed from None
        if isinstance(answer, BaseException):
            raise answer
        return answer


class Succession:
    """Processes that have a warehouse open one after the other; `victim` is the present one and ends with the block."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.victim = self.successor().opened()

    def successor(self) -> Victim:
        """The next process."""
        return Victim(self.address)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.victim.__exit__(kind, error, trace)


def _live(
    address: str, death: Death | None, synced: Path | None, pipe: Connection, limits: Limits | None = None
) -> None:
    _await(death)
    if synced:
        note_syncs(synced)
    try:
        with open_warehouse(address, limits, hash_key=lambda: HASH_KEY) as warehouse:
            pipe.send("open")
            while (asked := pipe.recv()) is not None:
                death, act, given = asked
                _await(death)
                pipe.send(act(warehouse, *given))
    except Exception as error:  # noqa: BLE001 - who asked is told
        pipe.send(RuntimeError(f"{type(error).__name__}: {error} {getattr(error, 'told', '')}"))


def _await(death: Death | None) -> None:
    """Let this process die where it is to, and no more where it was to before."""
    Engine.command, Engine.insert = command, insert = _COMMAND, _INSERT  # type: ignore[method-assign]
    Engine.write = write = _WRITE  # type: ignore[method-assign]
    if death is None:
        return
    left = death.times

    def dying(sql: str, run: Callable[[], None]) -> None:
        nonlocal left
        is_meant = sql.lstrip().startswith(death.statement)
        left -= is_meant
        # Another thread's statement may end while the one that is meant still runs.
        dies = is_meant and left == 0
        if dies and not death.after:
            os.kill(os.getpid(), death.signal)
        run()
        if dies and death.after:
            os.kill(os.getpid(), death.signal)

    def dying_command(self: Engine, sql: str, *given: Any, **settings: Any) -> None:
        dying(sql, lambda: command(self, sql, *given, **settings))

    def dying_insert(self: Engine, table: str, rows: pa.Table) -> None:
        dying(f"INSERT INTO {table} ", lambda: insert(self, table, rows))

    def dying_write(self: Engine, table: str, rows: pa.Table) -> None:
        dying(f"WRITE {table} ", lambda: write(self, table, rows))

    Engine.command, Engine.insert = dying_command, dying_insert  # type: ignore[method-assign]
    Engine.write = dying_write  # type: ignore[method-assign]
