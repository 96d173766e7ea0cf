"""ClickHouse's errors as ours. They are classified by their numeric code, never by their text."""

import logging
import re

from warehouse.errors import (
    Cancelled,
    EngineFault,
    MarqueeError,
    Overloaded,
    StatementTimeout,
    TooExpensive,
    Unavailable,
    descriptors_ran_out,
    disk_is_full,
)

LOG = logging.getLogger("marquee.warehouse")
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
_OBJECT_STORE = 499
# A call of the system that failed has the number of what it was for, a file or a queue: only the words tell why.
_NO_DESCRIPTOR = re.compile(r"Code: \d+\. DB::ErrnoException: .*\berrno: 24,", re.DOTALL)
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
    return _about_the_machine(engine_code, message)


def _about_the_machine(engine_code: int | None, message: str) -> MarqueeError:
    if engine_code == _DISK_FULL:
        return disk_is_full()
    if engine_code == _OBJECT_STORE:
        LOG.warning("The object store: %s", message)
        return Unavailable(
            "The object store refuses, or does not answer. Check the bucket in MARQUEE_STAGING, AWS_ENDPOINT_URL and "
            "the credentials. The log has its answer."
        )
    if _NO_DESCRIPTOR.match(message):
        return descriptors_ran_out()
    return EngineFault(message, engine_code)
