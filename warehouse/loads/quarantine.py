"""The quarantine: what is in `rejected_rows`, and how a good row that waits there is stored and restored. How long it
is kept is decided in `history_retention`.

Such a row is kept as a JSON object of texts, null where it says nothing: column → value as the engine writes it, ids as
their source did, attributes as a JSON object of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from warehouse.engine.engine import Engine
from warehouse.ids import ID_TYPE, from_text_sql, to_text_sql
from warehouse.tables.incoming_schemas import ATTRIBUTES, INCOMING, clickhouse_type

ALL = 2**63
"""A limit that no quarantine reaches."""


@dataclass(frozen=True)
class KeptAside:
    """One quarantined row; `row` is its number in the file, from 1. `explanation` says what is wrong with a value, and
    is empty for a row that waits or conflicts."""

    load_id: int
    table: str
    row: int
    reason: str
    original: str
    explanation: str = ""


def original_sql(table: str) -> str:
    """SQL of what is kept of `i`, an incoming row."""
    columns = [f"'{field.name}', {_kept_sql(field)}" for field in INCOMING[table]]
    return f"toJSONString(map({', '.join(columns)}))"


def _kept_sql(field: pa.Field) -> str:
    value = f"i.{field.name}"
    if field.type == ID_TYPE:
        return f"toNullable({to_text_sql(value)})"
    if field.type == ATTRIBUTES:
        return f"if(empty({value}), NULL, toJSONString({value}))"
    return f"CAST(toString({value}) AS Nullable(String))"


def taken_up_sql(table: str) -> str:
    """SELECT items that make incoming columns of a table, all but `row`, out of `original`."""
    return ", ".join(f"{_taken_up_sql(field)} AS {field.name}" for field in INCOMING[table])


def _taken_up_sql(field: pa.Field) -> str:
    kept = f"JSONExtract(original, '{field.name}', '{'Nullable(String)' if field.nullable else 'String'}')"
    if field.type == ID_TYPE:
        return from_text_sql(kept)
    if field.type == ATTRIBUTES:
        return f"JSONExtract(ifNull({kept}, '{{}}'), '{clickhouse_type(field)}')"
    return f"CAST({kept} AS {clickhouse_type(field)})"


@dataclass(frozen=True)
class QuarantinedLoad:
    """A load with quarantined rows, and how many."""

    load_id: int
    table: str
    rows: int


def quarantined_loads(engine: Engine, limit: int) -> list[QuarantinedLoad]:
    """The newest loads with quarantined rows, newest first."""
    found = engine.query(
        "SELECT load_id, table, count() FROM rejected_rows WHERE load_id IN (SELECT load_id FROM loads) "
        "GROUP BY load_id, table ORDER BY load_id DESC LIMIT {limit:UInt64}",
        {"limit": limit},
    )
    return [QuarantinedLoad(*row) for row in found.rows]


def kept_aside_rows(engine: Engine, load_id: int, rows: Sequence[int]) -> list[KeptAside]:
    """Those of some rows of a load that are in the quarantine, by row."""
    found = engine.query(
        "SELECT load_id, table, row, reason, original, explanation FROM rejected_rows "
        "WHERE load_id = {load:UInt32} AND row IN {rows:Array(UInt64)} ORDER BY row",
        {"load": load_id, "rows": list(rows)},
    )
    return [KeptAside(*row) for row in found.rows]


def kept_aside(
    engine: Engine, load_id: int | None = None, reason: str | None = None, limit: int = 100, after: int = 0
) -> list[KeptAside]:
    """Rows in the quarantine, of one load or reason or of all, by load and row; only those with greater numbers than
    `after`.
    """
    found = engine.query(
        "SELECT load_id, table, row, reason, original, explanation FROM rejected_rows "
        "WHERE ({load:UInt32} = 0 OR load_id = {load:UInt32}) AND ({reason:String} = '' OR reason = {reason:String}) "
        "AND row > {after:UInt64} ORDER BY load_id, row LIMIT {limit:UInt64}",
        {"load": load_id or 0, "reason": reason or "", "after": after, "limit": limit},
    )
    return [KeptAside(*row) for row in found.rows]


def count_kept_aside(engine: Engine, load_id: int | None = None, reason: str | None = None) -> int:
    """How many rows are in the quarantine, of one load or reason or of all."""
    total: int = engine.query(
        "SELECT count() FROM rejected_rows "
        "WHERE ({load:UInt32} = 0 OR load_id = {load:UInt32}) AND ({reason:String} = '' OR reason = {reason:String})",
        {"load": load_id or 0, "reason": reason or ""},
    ).scalar()
    return total


def reasons(engine: Engine) -> dict[tuple[str, str], int]:
    """How many rows are in the quarantine, by table and reason."""
    found = engine.query("SELECT table, reason, count() FROM rejected_rows GROUP BY table, reason ORDER BY 1, 2")
    return {(table, reason): rows for table, reason, rows in found.rows}
