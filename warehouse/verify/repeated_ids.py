"""Repeated ids in a fact: a load compares ids only with rows within a day of its time span, so others can get in."""

from dataclasses import dataclass
from functools import partial

from warehouse.engine.engine import Engine
from warehouse.ids import to_text_sql
from warehouse.loads.row_verdicts import FACT_TABLES, FactTable
from warehouse.query.consistent_reads import ConsistentRead


@dataclass(frozen=True)
class RepeatedId:
    """An id that more than one row of a table has; `first` and `last` are their instants, `loads` who brought them."""

    table: str
    id: str
    rows: int
    first: str
    last: str
    loads: tuple[int, ...]

    def __str__(self) -> str:
        loads = ", ".join(map(str, self.loads))
        return f"{self.table} {self.id}: {self.rows:,} rows from {self.first} to {self.last}, of loads {loads}"


MOST_SHOWN = 1_000


def repeated_ids(engine: Engine, read_consistently: ConsistentRead, limit: int = MOST_SHOWN) -> list[RepeatedId]:
    """The repeated ids of every fact, by table and id, at most `limit` per table. Reads all rows."""
    return [
        one for fact in FACT_TABLES.values() for one in read_consistently(partial(_repeated_in, engine, fact, limit))
    ]


def _repeated_in(engine: Engine, fact: FactTable, limit: int) -> list[RepeatedId]:
    # There are as many ids as rows: beyond a gigabyte the engine groups on disk.
    batches = engine.stream(
        f"SELECT {to_text_sql('id')} AS shown, count(), formatDateTime(min({fact.time}), '%FT%TZ'), "
        f"formatDateTime(max({fact.time}), '%FT%TZ'), arraySort(groupUniqArray(load_id)) FROM {fact.table} "
        f"GROUP BY id HAVING count() > 1 ORDER BY id LIMIT {int(limit)} "
        "SETTINGS max_bytes_before_external_group_by = 1000000000"
    )
    rows = [list(row.values()) for batch in batches for row in batch.to_pylist()]
    return [RepeatedId(fact.table, row[0], row[1], row[2], row[3], tuple(row[4])) for row in rows]
