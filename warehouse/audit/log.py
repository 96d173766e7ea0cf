"""The table `audit_log`: records are appended, listed newest first, kept for
`MARQUEE_AUDIT_DAYS`, and never changed.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from warehouse.audit.record import Record
from warehouse.engine.address import Address
from warehouse.engine.engine import Engine
from warehouse.engine.limits import Limits
from warehouse.ids import ID_TYPE
from warehouse.model.columns import Kind, stored_columns
from warehouse.query.listing import Listing
from warehouse.query.masked_source import Source

# Names come from any caller, even without a token, so their length is bounded.
LONGEST_TEXT = 200
MOST_TEXTS = 50

AUDIT_LIST = Listing(
    Source(
        "audit_log",
        "audit_log",
        stored_columns(
            id=Kind.ID,
            at=Kind.INSTANT,
            kind=Kind.TEXT,
            subject=Kind.TEXT,
            role=Kind.TEXT,
            issuer=Kind.TEXT,
            token_id=Kind.TEXT,
            scope=Kind.TEXTS,
            operation=Kind.TEXT,
            fields=Kind.TEXTS,
            document_hash=Kind.TEXT,
            unmasked=Kind.TEXTS,
            rows=Kind.MEASURE,
            outcome=Kind.TEXT,
            detail=Kind.TEXT,
            duration_ms=Kind.MEASURE,
            address=Kind.TEXT,
        ),
    ),
    key="id",
    dated_by="at",
    newest_first=True,
)

_TEXTS = pa.list_(pa.string())
_SCHEMA = pa.schema(
    [
        ("id", ID_TYPE),
        ("at", pa.timestamp("ms", "UTC")),
        ("kind", pa.string()),
        ("subject", pa.string()),
        ("role", pa.string()),
        ("issuer", pa.string()),
        ("token_id", pa.string()),
        ("scope", _TEXTS),
        ("operation", pa.string()),
        ("fields", _TEXTS),
        ("document_hash", pa.string()),
        ("unmasked", _TEXTS),
        ("rows", pa.uint64()),
        ("outcome", pa.string()),
        ("detail", pa.string()),
        ("duration_ms", pa.float64()),
        ("address", pa.string()),
    ]
)


class AuditTable:
    """Appends records through a client of its own, outside of the pool: it neither waits for readers nor delays
    them."""

    def __init__(self, address: Address, limits: Limits) -> None:
        self._address = address
        self._limits = replace(limits, clients=1, load_seconds=limits.statement_seconds)
        self._engine: Engine | None = None

    def append(self, records: Sequence[Record]) -> None:
        """Append records in one insert. The same batch, sent again after an error, is stored once."""
        if self._engine is None:
            self._engine = Engine(self._address, self._limits)
        self._engine.insert("audit_log", rows_of(records))

    def close(self) -> None:
        """Close the client."""
        if self._engine is not None:
            self._engine.close()


def rows_of(records: Sequence[Record]) -> pa.Table:
    """Records as rows of the table; texts are cut to 200 characters, and hold no character that can't be stored."""
    return pa.table([_column(field, records) for field in _SCHEMA], _SCHEMA)


def _column(field: pa.Field, records: Sequence[Record]) -> pa.Array:
    values: list[Any]
    match field.name:
        case "id":
            values = [record.id.to_bytes(16, "little") for record in records]
        case "at":
            values = [record.at_ms for record in records]
        case name if field.type == _TEXTS:
            values = [[_text(each) for each in getattr(record, name)[:MOST_TEXTS]] for record in records]
        case name if field.type == pa.string():
            values = [_text(getattr(record, name)) for record in records]
        case name:
            values = [getattr(record, name) for record in records]
    return pa.array(values, field.type)


def _text(text: str) -> str:
    # Half a surrogate pair, as JSON may spell it, has no UTF-8.
    return text[:LONGEST_TEXT] if text.isascii() else text[:LONGEST_TEXT].encode("utf-8", "replace").decode()


def keep_for(engine: Engine, days: int) -> None:
    """Let the engine drop records that are older than `days`, from now on."""
    rule = f"TTL at + toIntervalDay({days:d})"
    found = engine.query(
        "SELECT engine_full FROM system.tables WHERE database = currentDatabase() AND name = 'audit_log'"
    )
    # Set only when it changes, because setting it rewrites the stored rows.
    if rule not in found.scalar():
        engine.command(f"ALTER TABLE audit_log MODIFY {rule}")
