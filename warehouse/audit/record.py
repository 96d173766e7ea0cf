"""Audit records: what one operation, refusal, load or action writes to the audit log, collected while it runs.

`recording` opens a record and hands it over at the end, also after an error. Code inside adds details, by `current` or
`joined`. `warehouse.audit.writer` and `.log` bring records to the table.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from warehouse.access import SYSTEM
from warehouse.described_enum import DescribedEnum
from warehouse.errors import MarqueeError
from warehouse.random_ids import unique_bits

LOCAL = "local"
OK = "OK"
# Beyond what the engine keeps as a DateTime.
_NO_RECORD_FROM_S = 2**32 - 86_400


class AuditOutcome(DescribedEnum):
    """How a recorded operation ended: OK, the code of its error, or what commands and missing records have instead."""

    OK = "OK", "It was answered or done."
    BAD_INPUT = "BAD_INPUT", "An argument, a body or a file was wrong."
    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED", "The document is not GraphQL."
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED", "The schema does not allow the document."
    UNAUTHENTICATED = "UNAUTHENTICATED", "The token was missing, invalid, expired or revoked."
    FORBIDDEN = "FORBIDDEN", "The token does not allow it."
    TOO_EXPENSIVE = (
        "TOO_EXPENSIVE",
        "It would have cost more than the role may spend, or more rows or memory than allowed.",
    )
    TIMEOUT = "TIMEOUT", "It took longer than it may."
    OVERLOADED = "OVERLOADED", "Too much was asked at once, or the budget of the minute was spent."
    UNAVAILABLE = (
        "UNAVAILABLE",
        "The warehouse, or something it needs, was not available, or nobody waited for the answer any more.",
    )
    PERSISTED_QUERY_NOT_SUPPORTED = (
        "PERSISTED_QUERY_NOT_SUPPORTED",
        "A document was named by its hash alone, and it is not a published one.",
    )
    INTERNAL = "INTERNAL", "A defect of the server; its log has the details."
    FAILED = "FAILED", "A command failed."
    INTERRUPTED = "INTERRUPTED", "It was ended from outside before it was done."
    LOST = "LOST", "Records could not be stored; `rows` says how many."


class AuditKind(DescribedEnum):
    """The kind of a record. GAP stands for records that could not be stored: its `rows` says how many."""

    OPERATION = "OPERATION", "A GraphQL operation, however it was sent."
    LOAD = "LOAD", "Rows that were loaded, over HTTP or by a command."
    ADMIN = "ADMIN", "An action of an operator: a command, or a pipeline run."
    PAGE = "PAGE", "The page of an embedded panel, which checks its token."
    GAP = "GAP", "Records that could not be stored; `rows` says how many."


@dataclass(slots=True)
class Record:
    """One line of the log, mutable until it is handed over; an empty text is unknown.

    `fields` are the root fields that were asked, `unmasked` the policy's masked columns that the asker read as they
    are, `rows` what was answered or loaded, `outcome` OK or the error's code, `detail` whatever else is recorded,
    `at_ms` milliseconds since 1970. Values that people sent (variables, filters, arguments of commands) have no place
    here.
    """

    kind: AuditKind
    operation: str = ""
    address: str = LOCAL
    subject: str = ""
    role: str = ""
    issuer: str = ""
    token_id: str = ""
    scope: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    document_hash: str = ""
    unmasked: tuple[str, ...] = ()
    rows: int = 0
    outcome: str = ""
    detail: str = ""
    duration_ms: float = 0.0
    at_ms: int = field(default_factory=lambda: time.time_ns() // 1_000_000)
    id: int = 0
    handed_on: bool = False

    def __post_init__(self) -> None:
        # A UUIDv7: the moment above, chance below.
        chance = unique_bits(74)
        self.id = self.at_ms << 80 | 7 << 76 | (chance >> 62) << 64 | 2 << 62 | chance & (1 << 62) - 1

    def hand_on(self) -> None:
        """Do not store this record, because another one covers the work; it is stored if the block fails."""
        self.handed_on = True

    def note(self, detail: str) -> None:
        """Add a detail of the work, such as which load or token it made."""
        self.detail = f"{self.detail}; {detail}" if self.detail else detail


def own_work(kind: AuditKind, operation: str) -> Record:
    """A record of what the service does by itself, or for an unnamed caller."""
    return Record(kind, operation, subject=SYSTEM.subject, role=SYSTEM.role)


Take = Callable[[Record], None]
_CURRENT: ContextVar[Record | None] = ContextVar("audit_record", default=None)


def current() -> Record | None:
    """The record that is currently open."""
    return _CURRENT.get()


@contextmanager
def recording(take: Take, record: Record) -> Iterator[Record]:
    """Hand `record` to `take` when the block has ended. Without an outcome it gets OK or the error's code."""
    began = time.perf_counter()
    before = _CURRENT.get()
    _CURRENT.set(record)
    try:
        yield record
        record.outcome = record.outcome or OK
    except BaseException as error:
        record.outcome = record.outcome or _code(error)
        record.handed_on = False
        raise
    finally:
        # Not `reset`, because a stream may end in another task than it began in.
        _CURRENT.set(before)
        record.duration_ms = (time.perf_counter() - began) * 1000
        if not record.handed_on:
            take(record)


@contextmanager
def joined(take: Take, record: Record) -> Iterator[Record]:
    """The record that is currently open, or else `record`, so that nothing goes unrecorded."""
    around = _CURRENT.get()
    if around is not None:
        yield around
        return
    with recording(take, record) as opened:
        yield opened


def _code(error: BaseException) -> str:
    """The outcome of an error; other than an Exception (Ctrl-C, a client that left), it ended the work from outside."""
    if isinstance(error, MarqueeError):
        return error.code
    return MarqueeError.code if isinstance(error, Exception) else "INTERRUPTED"


def day_of_record(identity: int) -> date | None:
    """The day in UTC on which the record of an id began, which the id names as UUIDs of version 7 do; None for an id
    that no record has.
    """
    at_s, version = (identity >> 80) / 1000, identity >> 76 & 0xF
    return datetime.fromtimestamp(at_s, UTC).date() if version == 7 and at_s < _NO_RECORD_FROM_S else None
