"""What a command of `marquee` is run with, in `ctx.obj`: for a caller in this process or in another.

`server/commands/local_session.py` has the session. Commands of `ingest/` and `warehouse/` know it by this protocol,
because they import nothing of `server/`.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

if TYPE_CHECKING:
    from rich.console import Console

    from warehouse import Warehouse
    from warehouse.engine.address import Address
    from warehouse.loads.history_retention import HistoryAges
    from warehouse.tables.partition_retention import Retention


@dataclass(frozen=True)
class FinishedCommand:
    """A command that ended: its exit code, and what it printed."""

    code: int
    out: str
    err: str


RunCommand = Callable[[list[str]], FinishedCommand]


class CommandSession(Protocol):
    """The warehouse, and the caller's folder and terminal."""

    @property
    def console(self) -> "Console":
        """The caller's stderr."""

    @property
    def token(self) -> str:
        """The token that the caller's settings name, for commands that speak to a server; '' where they name none."""

    @property
    def address(self) -> "Address":
        """Where the warehouse is."""

    @property
    def cluster(self) -> str:
        """The ClickHouse cluster that the settings name; '' for none."""

    @property
    def retention(self) -> "Retention":
        """How long rows are kept, as the settings say."""

    @property
    def history_ages(self) -> "HistoryAges":
        """How long history and the quarantine are kept, as the settings say."""

    def close(self) -> None:
        """Close the warehouse if it was opened here."""

    def claim(self) -> None:
        """Take the warehouse's folder, if it is there, without opening it.

        Raises: WarehouseHeld when another process has it.
        """

    def warehouse(self) -> "Warehouse":
        """The warehouse, opened on first use."""

    def resolve(self, path: str) -> Path:
        """A path as the caller wrote it, seen from the caller's folder."""

    def stdin(self) -> BinaryIO:
        """The caller's standard input, to be read once.

        Raises: WarehouseHeld before it is read, because it must be read where the command runs.
        """

    def stream_of(self, path: str) -> BinaryIO | None:
        """What a path names that only the caller can open, such as a pipe or a descriptor; None for other paths."""

    def out(self, text: str, /) -> None:
        """Print a line on the caller's stdout."""

    def say(self, sentence: str) -> None:
        """Print a line on the caller's stderr."""

    def commands(self) -> AbstractContextManager[RunCommand]:
        """What runs other commands, and lets go of what they opened at the end."""

    def confirm(self, question: str) -> bool:
        """Ask on the caller's terminal, once.

        Raises: UsageError where there is none.
        """

    def without_snapshots(self) -> AbstractContextManager[int]:
        """Remove the snapshots that dead Spark jobs left, and let none be written meanwhile; yields how many."""
