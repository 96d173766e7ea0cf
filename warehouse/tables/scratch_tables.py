"""Scratch tables: made while something is written, and dropped when it is done.

On a server their names end with the number of the tenure in which their process made them, see `writer_lease`. A
statement that names one is refused once another process has taken over writing.
"""

import re
from collections.abc import Callable

from warehouse.engine.engine import Engine

# A pattern of their names, for the engine.
SCRATCH_NAMES = (
    "(_incoming|_staging|_next|_rebuilt|_computed|_gone|_first_of_ids|_left_out|_analytics_view)(_w[0-9]+)?$"
)
_NUMBERED = re.compile(r"_w(\d+)$")


def make_scratch_table(engine: Engine, name: str, declaration: str) -> str:
    """Make a scratch table, which may not exist yet; returns its name.

    Raises: LeaseLost when another process has taken over writing.
    """
    table = engine.scratch_table(name)
    engine.command(f"CREATE TABLE {table} {declaration}")
    # After it is made: who takes over from now on finds it and drops it. Nobody would drop one that was made later.
    engine.check_holds()
    return table


def remove_partition(engine: Engine, table: str, partition: str) -> None:
    """Remove a partition by its id, in one moment. On a server it is moved out and then dropped: unlike a plain drop,
    that is refused once another process has taken over writing.

    Raises: LeaseLost.
    """
    if not engine.fence.lease:
        engine.command(f"ALTER TABLE {table} DROP PARTITION ID '{partition}'")
        return
    gone = _like(engine, table)
    engine.command(f"ALTER TABLE {table} MOVE PARTITION ID '{partition}' TO TABLE {gone}")
    engine.command(f"DROP TABLE {gone}")


def remove_rows(engine: Engine, table: str, test: str) -> None:
    """Remove the rows that pass a test, partition by partition. On a server the rows that stay take the place of a
    partition: unlike a delete, that is refused once another process has taken over writing.

    Raises: LeaseLost.
    """
    if not engine.fence.lease:
        engine.command(f"DELETE FROM {table} WHERE {test}")
        return
    found = engine.query(f"SELECT DISTINCT _partition_id FROM {table} WHERE {test} ORDER BY 1")
    for (piece,) in found.rows:
        kept = _like(engine, table)
        engine.command(
            f"INSERT INTO {kept} SELECT * FROM {table} WHERE _partition_id = {{piece:String}} AND NOT ({test})",
            {"piece": piece},
        )
        if engine.query(f"SELECT count() FROM {kept}").scalar():
            engine.command(f"ALTER TABLE {table} REPLACE PARTITION ID '{piece}' FROM {kept}")
            engine.command(f"DROP TABLE {kept}")
        else:
            engine.command(f"DROP TABLE {kept}")
            remove_partition(engine, table, piece)


def drop_fenced(engine: Engine, table: str) -> None:
    """Drop a table, if it is there. It is first renamed in one statement with a scratch table, so that this is refused
    once another process has taken over writing.

    Raises: LeaseLost.
    """
    if engine.query(f"EXISTS TABLE {table}").scalar():
        mark, used, gone = (engine.scratch_table(f"{table}{end}") for end in ("_next", "_computed", "_gone"))
        for left in (mark, used, gone):
            engine.command(f"DROP TABLE IF EXISTS {left}")
        make_scratch_table(engine, f"{table}_next", "(nothing UInt8) ENGINE = Memory")
        engine.command(f"RENAME TABLE {mark} TO {used}, {table} TO {gone}")
        engine.command(f"DROP TABLE {used}")
        engine.command(f"DROP TABLE {gone}")


def empty_table(engine: Engine, table: str) -> None:
    """Remove all rows of a table with their files, in one moment.

    Raises: LeaseLost.
    """
    if not engine.fence.lease:
        engine.command(f"TRUNCATE TABLE {table}")
        return
    gone = _like(engine, table)
    engine.command(f"EXCHANGE TABLES {table} AND {gone}")
    engine.command(f"DROP TABLE {gone}")


def _like(engine: Engine, table: str) -> str:
    engine.command(f"DROP TABLE IF EXISTS {engine.scratch_table(f'{table}_gone')}")
    return make_scratch_table(engine, f"{table}_gone", f"AS {table}")


def drop_scratch_tables(engine: Engine, is_dropped: Callable[[int], bool]) -> None:
    """Drop scratch tables by the number that ends their names; 0 for those without one, which an earlier version of
    Marquee left."""
    found = engine.query(
        "SELECT name, engine = 'MaterializedView' FROM system.tables WHERE database = currentDatabase() "
        f"AND match(name, '{SCRATCH_NAMES}') ORDER BY 2 DESC, 1"
    )
    for name, is_view in found.rows:
        numbered = _NUMBERED.search(name)
        if is_dropped(int(numbered[1]) if numbered else 0):
            engine.command(f"DROP {'VIEW' if is_view else 'TABLE'} IF EXISTS {name} SYNC")
