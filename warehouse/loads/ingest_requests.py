"""Requests that brought rows, and their answers: a request that is sent again gets its answer and is not loaded again.

A request is written before its load shows, and counts when the ledger says that the load is done: rows and answer are
kept together or not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa

from warehouse.engine.engine import Engine
from warehouse.loads.quarantine import KeptAside

_SENT = (
    "SELECT {columns} FROM ingest_requests WHERE id IN {{ids:Array(String)}} AND at >= {{since:DateTime64(3, 'UTC')}}"
)
# The answer of an undone load stands.
_ANSWERED = "SELECT load_id FROM loads FINAL WHERE state IN ('done', 'undone') AND load_id IN"


@dataclass(frozen=True, slots=True)
class KnownRequest:
    """One request: `[first_row, last_row]` are the numbers of its rows in the load, from 1; `answer` is JSON."""

    id: str
    fingerprint: str
    load_id: int
    first_row: int
    last_row: int
    subject: str
    issuer: str
    answer: str


_NAMES = tuple(KnownRequest.__slots__)
_TYPES = {"load_id": pa.uint32(), "first_row": pa.uint64(), "last_row": pa.uint64()}


def note_requests(engine: Engine, requests: Sequence[KnownRequest]) -> None:
    """Write requests whose load is about to show."""
    columns = {
        name: pa.array([getattr(one, name) for one in requests], _TYPES.get(name, pa.string())) for name in _NAMES
    }
    engine.insert("ingest_requests", pa.table(columns))


def known_requests(engine: Engine, ids: Sequence[str], since: datetime) -> dict[str, KnownRequest]:
    """The requests among these that were loaded at `since` or later, by id."""
    found = engine.query(
        f"{_SENT.format(columns=', '.join(_NAMES))} AND load_id IN ({_ANSWERED} ({_SENT.format(columns='load_id')}))",
        {"ids": list(ids), "since": since},
    )
    return {one.id: one for one in (_known(row) for row in found.rows)}


def sent_rows(engine: Engine, subject: str, issuer: str, since: datetime) -> int:
    """How many rows a subject has sent at `since` or later, as its answers say."""
    found = engine.query(
        "SELECT sum(JSONExtractUInt(answer, 'answer', 'rows')) FROM ingest_requests "
        "WHERE subject = {subject:String} AND issuer = {issuer:String} AND at >= {since:DateTime64(3, 'UTC')}",
        {"subject": subject, "issuer": issuer, "since": since},
    )
    return int(found.scalar())


def kept_aside_of(engine: Engine, request: KnownRequest, limit: int) -> list[KeptAside]:
    """The rows of a request that are in the quarantine, numbered as the request numbered them."""
    found = engine.query(
        "SELECT load_id, table, row - {first:UInt64} + 1, reason, original, explanation FROM rejected_rows "
        "WHERE load_id = {load:UInt32} AND row BETWEEN {first:UInt64} AND {last:UInt64} "
        "ORDER BY row LIMIT {limit:UInt64}",
        {"load": request.load_id, "first": request.first_row, "last": request.last_row, "limit": limit},
    )
    return [KeptAside(*row) for row in found.rows]


def reasons_of(engine: Engine, request: KnownRequest) -> dict[str, int]:
    """How many rows of a request are in the quarantine, by reason."""
    found = engine.query(
        "SELECT reason, count() FROM rejected_rows WHERE load_id = {load:UInt32} "
        "AND row BETWEEN {first:UInt64} AND {last:UInt64} GROUP BY reason ORDER BY reason",
        {"load": request.load_id, "first": request.first_row, "last": request.last_row},
    )
    return {str(reason): int(rows) for reason, rows in found.rows}


def _known(row: Sequence[Any]) -> KnownRequest:
    """The engine returns fixed strings as bytes."""
    texts: list[Any] = [value.decode() if isinstance(value, bytes) else value for value in row]
    return KnownRequest(*texts)
