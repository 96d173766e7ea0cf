"""Commands that another command runs, as if typed: here, or in the process that holds the warehouse."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from server.commands import relay
from server.commands.exit_codes import FAILED, INTERRUPTED
from warehouse.command_session import FinishedCommand, RunCommand
from warehouse.errors import MarqueeError, WarehouseHeld

# Runs one command with these as stdout and stderr; returns its exit code.
Run = Callable[[list[str], io.StringIO, io.StringIO], int]


@contextmanager
def apart(run: Run, close: Callable[[], None]) -> Iterator[RunCommand]:
    """Run commands in a separate session. The first command that needs the warehouse opens it, unless another process
    holds it; it is closed at the end.

    Raises: KeyboardInterrupt from a command that was interrupted.
    """

    def finished(argv: list[str]) -> FinishedCommand:
        out, err = io.StringIO(), io.StringIO()
        try:
            code = run(argv, out, err)
        except WarehouseHeld as held:
            code = _forwarded(held, argv, out, err)
        if code == INTERRUPTED:
            raise KeyboardInterrupt
        return FinishedCommand(code, out.getvalue(), err.getvalue())

    try:
        yield finished
    finally:
        close()


def _forwarded(held: WarehouseHeld, argv: list[str], out: io.StringIO, err: io.StringIO) -> int:
    if held.socket is None:
        print(held, file=err)
        return FAILED
    try:
        return relay.forward(held.socket, argv, out, err)
    except MarqueeError as error:
        print(error, file=err)
        return FAILED
