"""The swap: rows that stand whole beside the tables of a job take the place of what these had.

First the new rows are whole in tables of their own, then the ledger says so, then partitions are replaced, then the
ledger says that it is done. Whatever ends a process in between, readers meet the old rows of all tables or the new ones
of all: replacing a partition can be done again, so the next opening does.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

from warehouse.engine.engine import Engine
from warehouse.staging.results import Result, State, record, unfinished

# What is entered for the moment of the swap.
Changing = Callable[[], AbstractContextManager[None]]
_NEW = "_computed"
_DROP = "DROP PARTITION ID '{}'"


def new_of(table: str) -> str:
    """The table of the rows that are to take the place of a table's."""
    return f"{table}{_NEW}"


def swap(engine: Engine, result: Result, changing: Changing) -> None:
    """Put the rows of a result, which stand whole beside its tables, in the place of what its part had."""
    whole = replace(result, state=State.SWAPPING)
    record(engine, whole)
    _carry_out(engine, whole, changing)


def finish_swaps(engine: Engine, changing: Changing = nullcontext) -> None:
    """Carry out what a process that died had begun, and drop what it left."""
    for result in unfinished(engine):
        _carry_out(engine, result, changing)
    left = "SELECT name FROM system.tables WHERE database = currentDatabase() AND endsWith(name, {end:String})"
    _drop(engine, [name for (name,) in engine.query(left, {"end": _NEW}).rows])


def drop_new(engine: Engine, result: Result) -> None:
    """Remove the rows that were to be swapped in."""
    _drop(engine, map(new_of, result.tables))


def _carry_out(engine: Engine, result: Result, changing: Changing) -> None:
    new = {table: frozenset(parts_of(engine, new_of(table))) for table in result.tables}
    with changing():
        for table in result.tables:
            # Gone is the table of new rows only where its rows have taken their places.
            if not _is_there(engine, new_of(table)):
                continue
            for part in [result.part] if result.part else sorted(new[table].union(parts_of(engine, table))):
                # The engine refuses to replace a partition by nothing.
                take = f"REPLACE PARTITION ID '{part}' FROM {new_of(table)}"
                engine.command(f"ALTER TABLE {table} {take if part in new[table] else _DROP.format(part)}")
    record(engine, replace(result, state=State.DONE))
    drop_new(engine, result)


def _is_there(engine: Engine, table: str) -> bool:
    return bool(engine.query(f"EXISTS TABLE {table}").scalar())


def parts_of(engine: Engine, table: str) -> Sequence[str]:
    """The ids of the partitions that a table has rows of; none where it is not there."""
    found = engine.query(
        "SELECT DISTINCT partition_id FROM system.parts WHERE database = currentDatabase() AND active AND rows > 0 "
        "AND table = {table:String} ORDER BY partition_id",
        {"table": table},
    )
    return [part for (part,) in found.rows]


def _drop(engine: Engine, tables: Iterable[str]) -> None:
    for table in tables:
        # The engine would refuse to drop a large table, to save it from a slip of the hand.
        engine.command(f"DROP TABLE IF EXISTS {table}")
