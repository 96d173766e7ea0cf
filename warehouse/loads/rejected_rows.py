"""Rows that a load quarantined in `rejected_rows`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from warehouse.engine.engine import Engine
from warehouse.forgetting.tombstones import Hash
from warehouse.loads.row_verdicts import FORGOTTEN

ASKED_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that can't be a row of the table: its number in the file, the code of the reason, its original text, the
    keys of the users that it names or may name, and what is wrong with it in words.
    """

    row: int
    reason: str
    original: str
    people: frozenset[int] = frozenset()
    explanation: str = ""


def keep_rejected(
    engine: Engine, table: str, loads: Mapping[int, int], rejects: Sequence[Reject], barring: Hash | None
) -> list[Reject]:
    """Write rows into `rejected_rows`, and return them as written; `loads` are the loads that they are of, by row. A
    row that may be a forgotten person's is written without its content.
    """
    forgotten = _forgotten(engine, frozenset().union(*(one.people for one in rejects)), barring)
    kept = [Reject(one.row, FORGOTTEN, original="") if one.people & forgotten else one for one in rejects]
    if kept:
        engine.write("rejected_rows", _rows(table, loads, kept))
    return kept


def drop_rejected(engine: Engine, *load_ids: int) -> None:
    """Delete what loads quarantined, because they are taken back."""
    engine.command("DELETE FROM rejected_rows WHERE load_id IN {loads:Array(UInt32)}", {"loads": list(load_ids)})


def rows_kept_aside(load_id: int) -> str:
    """SQL of the numbers of the rows that a load quarantined."""
    return f"(SELECT row FROM rejected_rows WHERE load_id = {int(load_id)})"


def _rows(table: str, loads: Mapping[int, int], rejects: Sequence[Reject]) -> pa.Table:
    return pa.table(
        {
            "load_id": pa.array([loads[one.row] for one in rejects], pa.uint32()),
            "table": pa.array([table] * len(rejects)),
            "row": pa.array([one.row for one in rejects], pa.uint64()),
            "reason": pa.array([one.reason for one in rejects]),
            "original": pa.array([one.original for one in rejects]),
            "explanation": pa.array([one.explanation for one in rejects]),
        }
    )


def _forgotten(engine: Engine, people: frozenset[int], barring: Hash | None) -> frozenset[int]:
    """Those of the keys that belong to forgotten people."""
    if barring is None:
        return frozenset()
    return frozenset(
        person
        for some in _pieces(sorted(people))
        for (person,) in engine.query(
            f"SELECT id FROM (SELECT arrayJoin({{ids:Array(UInt128)}}) AS id) WHERE {barring.bars('id')}",
            {**barring.parameters, "ids": some},
        ).rows
    )


def _pieces(people: list[int]) -> Iterator[list[int]]:
    for first in range(0, len(people), ASKED_AT_ONCE):
        yield people[first : first + ASKED_AT_ONCE]
