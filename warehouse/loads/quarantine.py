"""The quarantine: what is in `rejected_rows`, and how a good row that waits there is kept whole and taken up again.

Such a row is kept as a JSON object of texts, null where it says nothing: column → value as the engine writes it, ids as
their source did.
"""

from dataclasses import dataclass

from warehouse.engine import Engine
from warehouse.ids import ID_TYPE, from_text_sql, to_text_sql
from warehouse.incoming import INCOMING, clickhouse_type


@dataclass(frozen=True)
class KeptAside:
    """One row that is kept aside; `row` is its number in the file, from 1."""

    load_id: int
    table: str
    row: int
    reason: str
    original: str


def original_sql(table: str) -> str:
    """SQL of what is kept of `i`, an incoming row."""
    columns = [
        f"'{field.name}', toNullable({to_text_sql('i.' + field.name)})"
        if field.type == ID_TYPE
        else f"'{field.name}', CAST(toString(i.{field.name}) AS Nullable(String))"
        for field in INCOMING[table]
    ]
    return f"toJSONString(map({', '.join(columns)}))"


def taken_up_sql(table: str) -> str:
    """SELECT items that make incoming columns of a table, all but `row`, out of `original`."""
    columns = []
    for field in INCOMING[table]:
        kept = f"JSONExtract(original, '{field.name}', '{'Nullable(String)' if field.nullable else 'String'}')"
        value = from_text_sql(kept) if field.type == ID_TYPE else f"CAST({kept} AS {clickhouse_type(field)})"
        columns.append(f"{value} AS {field.name}")
    return ", ".join(columns)


def kept_aside(
    engine: Engine, load_id: int | None = None, reason: str | None = None, limit: int = 100
) -> list[KeptAside]:
    """Rows in the quarantine, of one load or reason or of all, by load and row."""
    found = engine.query(
        "SELECT load_id, table, row, reason, original FROM rejected_rows "
        "WHERE ({load:UInt32} = 0 OR load_id = {load:UInt32}) AND ({reason:String} = '' OR reason = {reason:String}) "
        "ORDER BY load_id, row LIMIT {limit:UInt64}",
        {"load": load_id or 0, "reason": reason or "", "limit": limit},
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
