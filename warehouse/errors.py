"""All errors, in one tree: each has the code that a client sees and a sentence that it can act on.

ClickHouse's own errors are classified by their numeric code, never by their text.
"""

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


# Numbers from ClickHouse's src/Common/ErrorCodes.cpp.
_TIMEOUTS = frozenset({159, 160, 209})
_TOO_BIG = frozenset({158, 191, 241, 307, 396})
_MEMORY = 241
# The engine has one number for a statement's own limit and for that of all statements: only its words tell which.
_OF_ALL = "User memory limit exceeded"
_OVERLOADED = frozenset({202, 439})
_UNAVAILABLE = frozenset({210, 279, 1000})
# Errors of a server about the account or the database, with what to do.
ABOUT_THE_ACCOUNT = {
    516: "The ClickHouse server refuses the account of MARQUEE_WAREHOUSE. Check its user and password.",
    192: "The ClickHouse server does not know the user of MARQUEE_WAREHOUSE. Check its user and password.",
    497: (
        "The account of MARQUEE_WAREHOUSE lacks a right on its ClickHouse server. Marquee needs all rights on its "
        "database, and the right to make it if it is not there: GRANT ALL ON marquee.* TO the account."
    ),
    81: "The database of MARQUEE_WAREHOUSE is not there any more. Make it, or name another; then start Marquee again.",
}
_DISK_FULL = 243
_DAMAGED = frozenset({40, 228, 246, 271, 432})
_CANCELLED = 394
UNKNOWN_TABLE = 60
TABLE_EXISTS = 57


def from_engine(engine_code: int | None, message: str) -> MarqueeError:
    """Our error for a ClickHouse error; the engine's own text stays in `__cause__` and the log."""
    if engine_code in _TIMEOUTS:
        return StatementTimeout("The statement took longer than it may. Ask for a shorter range or fewer dimensions.")
    if engine_code == _MEMORY and _OF_ALL in message:
        return Overloaded("The statements under way use all memory that there is. Try again in a few seconds.")
    if engine_code in _TOO_BIG:
        return TooExpensive(
            "The question needs more memory or rows than it may. Ask for a shorter range or fewer dimensions."
        )
    if engine_code in _OVERLOADED:
        return Overloaded("The warehouse is busy. Try again in a few seconds.")
    if engine_code in ABOUT_THE_ACCOUNT:
        return Unavailable(ABOUT_THE_ACCOUNT[engine_code])
    if engine_code in _UNAVAILABLE:
        return Unavailable("The warehouse does not answer. Check MARQUEE_WAREHOUSE and that the server runs.")
    if engine_code == _CANCELLED:
        return Cancelled("The statement was ended from outside. Try again.")
    if engine_code in _DAMAGED:
        return Unavailable(
            "Stored data is damaged: a block does not match its checksum. The log names the file. A rollup is mended "
            "by marquee warehouse rebuild; for other tables restore the folder from a copy."
        )
    if engine_code == _DISK_FULL:
        return disk_is_full()
    return EngineFault(message, engine_code)


def disk_is_full() -> Unavailable:
    """The disk that the warehouse writes to has no room."""
    return Unavailable(
        "The disk of the warehouse (MARQUEE_WAREHOUSE) is full. Make room on it and try again; what was loaded before "
        "is untouched, and nothing of this load was kept."
    )
