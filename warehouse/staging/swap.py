"""The swap: complete new rows, in tables beside a job's tables, replace the old ones.

First the new rows are complete in tables of their own, then the ledger says so, then partitions are replaced, then the
ledger says that it is done. If a process dies in between, readers see either the old rows of all tables or the new rows
of all: replacing a partition is repeatable, and the next opening completes it.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

from warehouse.engine.engine import Engine
from warehouse.staging.results import Result, State, record, unfinished
from warehouse.tables.scratch_tables import remove_partition

# A context in which readers wait, for the swap.
Changing = Callable[[], AbstractContextManager[None]]
_NEW = "_computed"


def new_name(table: str) -> str:
    """What the table of the rows that will replace a table's is made as."""
    return f"{table}{_NEW}"


def new_of(engine: Engine, table: str) -> str:
    """The table of the rows that will replace a table's."""
    return engine.scratch_table(new_name(table))


def swap(engine: Engine, result: Result, changing: Changing) -> None:
    """Replace a part's rows with those of a result, which are complete in the tables beside."""
    whole = replace(result, state=State.SWAPPING)
    record(engine, whole)
    _carry_out(engine, whole, changing)


def finish_swaps(engine: Engine, changing: Changing = nullcontext) -> None:
    """Complete what a dead process had begun, and drop its leftovers."""
    for result in unfinished(engine):
        _carry_out(engine, result, changing)
    left = "SELECT name FROM system.tables WHERE database = currentDatabase() AND endsWith(name, {end:String})"
    _drop(engine, [name for (name,) in engine.query(left, {"end": engine.scratch_table(_NEW)}).rows])


def drop_new(engine: Engine, result: Result) -> None:
    """Remove the rows that were to be swapped in."""
    _drop(engine, [new_of(engine, table) for table in result.tables])


def _carry_out(engine: Engine, result: Result, changing: Changing) -> None:
    new = {table: frozenset(parts_of(engine, new_of(engine, table))) for table in result.tables}
    with changing():
        for table in result.tables:
            # The table of new rows is gone only if its rows have been swapped in.
            if not _is_there(engine, new_of(engine, table)):
                continue
            for part in [result.part] if result.part else sorted(new[table].union(parts_of(engine, table))):
                # The engine refuses to replace a partition with an empty one.
                if part in new[table]:
                    engine.command(f"ALTER TABLE {table} REPLACE PARTITION ID '{part}' FROM {new_of(engine, table)}")
                else:
                    remove_partition(engine, table, part)
    record(engine, replace(result, state=State.DONE))
    drop_new(engine, result)


def _is_there(engine: Engine, table: str) -> bool:
    return bool(engine.query(f"EXISTS TABLE {table}").scalar())


def parts_of(engine: Engine, table: str) -> Sequence[str]:
    """The ids of a table's partitions with rows; none if the table does not exist."""
    found = engine.query(
        "SELECT DISTINCT partition_id FROM system.parts WHERE database = currentDatabase() AND active AND rows > 0 "
        "AND table = {table:String} ORDER BY partition_id",
        {"table": table},
    )
    return [part for (part,) in found.rows]


def _drop(engine: Engine, tables: Iterable[str]) -> None:
    for table in tables:
        # By default the engine refuses to drop a large table, as a safeguard.
        engine.command(f"DROP TABLE IF EXISTS {table}")
