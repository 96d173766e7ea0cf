"""What a command is run with, as `ctx.obj`: it may run for a caller in another process, folder and terminal."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from rich.console import Console

if TYPE_CHECKING:
    from warehouse import Warehouse


class Finished(Protocol):
    """A command that ended."""

    @property
    def code(self) -> int:
        """Its exit code."""

    @property
    def out(self) -> str:
        """What it printed on stdout."""

    @property
    def err(self) -> str:
        """What it printed on stderr."""


Run = Callable[[list[str]], Finished]


class CommandSession(Protocol):
    """The caller's terminal, folder and settings, and the warehouse."""

    @property
    def console(self) -> Console:
        """The caller's stderr."""

    @property
    def token(self) -> str:
        """The token in the caller's settings, for commands that talk to a server; '' if there is none."""

    def out(self, text: str) -> None:
        """Print a line on the caller's stdout."""

    def confirm(self, question: str) -> bool:
        """Ask on the caller's terminal, once.

        Raises: UsageError where there is none.
        """

    def resolve(self, path: str) -> Path:
        """A path as the caller wrote it, seen from the caller's folder."""

    def stdin(self) -> BinaryIO:
        """The caller's standard input, to be read once.

        Raises: WarehouseHeld before reading, because it must be read where the command runs.
        """

    def claim(self) -> None:
        """Take the warehouse's folder, if it is there, without opening it.

        Raises: WarehouseHeld when another process has it.
        """

    def warehouse(self) -> "Warehouse":
        """The warehouse, opened on first use.

        Raises: WarehouseHeld when another process has its folder.
        """

    def without_snapshots(self) -> AbstractContextManager[int]:
        """Remove the snapshots that dead Spark jobs left, and let none be written meanwhile; yields how many."""

    def commands(self) -> AbstractContextManager[Run]:
        """A runner of other commands, which releases at the end what they opened."""
