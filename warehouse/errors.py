"""All errors, in one tree: each has the code that a client sees and a sentence that it can act on."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar


class MarqueeError(Exception):
    """The base of all errors that a user may read as they are. The same request may work after `retry_after_s` whole
    seconds; None where nothing says so."""

    code: ClassVar[str] = "INTERNAL"
    retry_after_s: int | None = None


class BadInput(MarqueeError):
    """The question or the data is wrong; the sentence says what, where and what is allowed. `argument` is the one that
    is wrong, if it is one.
    """

    code = "BAD_INPUT"

    def __init__(self, message: str = "", argument: str | None = None) -> None:
        super().__init__(message)
        self.argument = argument


@contextmanager
def naming(argument: str) -> Iterator[None]:
    """Name the argument that is wrong in each BadInput from within, unless it names one itself."""
    try:
        yield
    except BadInput as error:
        error.argument = error.argument or argument
        raise


class Unauthenticated(MarqueeError):
    """The token is missing or invalid."""

    code = "UNAUTHENTICATED"


class Forbidden(MarqueeError):
    """The token is valid, but does not allow this."""

    code = "FORBIDDEN"


class TooExpensive(MarqueeError):
    """The question needs more memory or rows than it may have."""

    code = "TOO_EXPENSIVE"


class StatementTimeout(MarqueeError):
    """A statement ran longer than it may."""

    code = "TIMEOUT"


class Overloaded(MarqueeError):
    """Too many statements at once; the same question will work later."""

    code = "OVERLOADED"
    retry_after_s = 5


class Cancelled(MarqueeError):
    """A statement was ended early: nobody waits for it any more, or an operator of the engine killed it."""

    code = "UNAVAILABLE"


class Unavailable(MarqueeError):
    """The warehouse, or something it needs, is not there."""

    code = "UNAVAILABLE"


class WriterBusy(Unavailable):
    """Another process writes into the warehouse; the same request works later."""

    retry_after_s = 5


class LeaseLost(Unavailable):
    """Another process took over writing, because this one or the server did not answer for too long."""

    retry_after_s = 1

    def __init__(self) -> None:
        super().__init__(
            "Another process took over writing into the warehouse, because this one did not answer for a while. "
            "What this load had begun is undone or completed there. Send it again."
        )


class WarehouseHeld(Unavailable):
    """Another process holds the embedded folder.

    `pid` and `command` are the holder's, as far as it said; `socket` is where it takes commands, or None.
    """

    def __init__(self, message: str, pid: int | None, socket: str | None) -> None:
        super().__init__(message)
        self.pid = pid
        self.socket = socket


class EngineFault(MarqueeError):
    """The engine refused a statement that Marquee composed: a defect of ours. `engine_code` is ClickHouse's number.
    `told` is its message, which can hold SQL and values: it goes to the log and is never shown to a client.
    """

    def __init__(self, told: str, engine_code: int | None) -> None:
        super().__init__("The engine refused a statement that Marquee composed. Its log says more.")
        self.told = told
        self.engine_code = engine_code


def disk_is_full() -> Unavailable:
    """The disk that the warehouse writes to has no room."""
    return Unavailable(
        "The disk of the warehouse (MARQUEE_WAREHOUSE) is full. Make room on it and try again; what was loaded before "
        "is untouched, and nothing of this load was kept."
    )


def descriptors_ran_out() -> Overloaded:
    """This process has as many files and sockets open as it may."""
    return Overloaded(
        "The server has as many files and connections open as it may. Try again in a few seconds; if it lasts, let its "
        "process have more (ulimit -n)."
    )


def is_out_of_descriptors(error: BaseException | None) -> bool:
    """Whether an exception, or one that caused it, says that there was no descriptor left."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
            return True
        error = error.__cause__ or error.__context__
    return False
