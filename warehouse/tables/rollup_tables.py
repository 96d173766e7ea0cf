"""The tables of rollups: their declaration, the SELECT that fills them from the facts, and whether they are filled.

A rollup's table has the checksum of its declaration as its comment. While it is stale, by a correction or because it
is new, `rollup_states` says so: no question is asked of it until it is filled again, by whatever process. (The comment
can't say it: on a full disk an ALTER leaves an empty declaration, and reports no error.)
"""

import hashlib
from collections.abc import Collection

from warehouse.engine.engine import Engine
from warehouse.model.columns import Column, Kind
from warehouse.model.rollups import ROLLUPS, Rollup
from warehouse.tables.scratch_tables import make_scratch_table
from warehouse.tables.table_settings import with_settings

FACT = "viewing_sessions"


def rollup_select(rollup: Rollup, source: str, condition: str = "1") -> str:
    """The SELECT that computes a rollup's rows from facts.

    `WITH ROLLUP` groups by the keys and the starts of all steps, longest first, then merges those groups into groups
    without the shortest start, and so on: each step is made from the next shorter one.
    """
    names, steps = list(rollup.keys), list(reversed(rollup.steps))
    keys = [f"{column.sql} AS {column.slug}" for column in rollup.key_columns]
    starts = [f"{step.floor_sql('start_time')} AS start_{step.value}" for step in steps]
    states = [f"{aggregate.state} AS {aggregate.slug}" for aggregate in rollup.stored]
    # 0 where a group still has that start. The shortest start that it has is its step.
    tests = ", ".join(f"grouping(start_{step.value}) = 0, toUInt8({step.value})" for step in rollup.steps)
    grouped = (
        f"SELECT {', '.join([*keys, *starts, *states])}, multiIf({tests}, toUInt8(0)) AS step FROM {source} "
        f"WHERE {condition} GROUP BY {', '.join([*names, *(f'start_{step.value}' for step in steps)])} WITH ROLLUP"
    )
    bucket = ", ".join(f"step = {step.value}, start_{step.value}" for step in rollup.steps[1:])
    return (
        f"SELECT {', '.join(['step', f'multiIf({bucket}, start_{rollup.steps[0].value}) AS bucket', *names])}, "
        f"{', '.join(rollup.aggregates)} FROM ({grouped}) WHERE step > 0"
    )


def create_rollup(engine: Engine, rollup: Rollup, is_there: bool) -> None:
    """Create a rollup's table, empty and stale, in the place of one that `is_there`.

    Raises: LeaseLost when another process has taken over writing.
    """
    _note(engine, [rollup], is_stale=True)
    declaration = f"{with_settings(rollup.name, table_sql(rollup))} COMMENT '{checksum(rollup)}'"
    engine.command(f"DROP TABLE IF EXISTS {engine.scratch_table(f'{rollup.name}_next')}")
    following = make_scratch_table(engine, f"{rollup.name}_next", declaration)
    if is_there:
        engine.command(f"EXCHANGE TABLES {rollup.name} AND {following}")
        engine.command(f"DROP TABLE {following}")
    else:
        engine.command(f"RENAME TABLE {following} TO {rollup.name}")


def is_declared(rollup: Rollup, comment: str) -> bool:
    """Whether a table with this comment was made from the rollup's present declaration."""
    return comment == checksum(rollup)


def filled_rollups(engine: Engine) -> tuple[Rollup, ...]:
    """The rollups that hold what the facts hold."""
    found = engine.query("SELECT name FROM rollup_states GROUP BY name HAVING argMax(is_stale, version)")
    stale = {name for (name,) in found.rows}
    return tuple(rollup for rollup in ROLLUPS if rollup.name not in stale)


def stale_versions(engine: Engine) -> dict[Rollup, int]:
    """The rollups that are to be filled from the facts, each with a number that grows when it becomes stale again."""
    found = engine.query("SELECT name, max(version) FROM rollup_states GROUP BY name HAVING argMax(is_stale, version)")
    versions = {str(name): int(version) for name, version in found.rows}
    return {rollup: versions[rollup.name] for rollup in ROLLUPS if rollup.name in versions}


def note_filled(engine: Engine, rollup: Rollup) -> None:
    """Let questions be asked of a rollup."""
    _note(engine, [rollup], is_stale=False)


def note_all_stale(engine: Engine) -> None:
    """Let no question be asked of any rollup until it is filled again."""
    _note(engine, ROLLUPS, is_stale=True)


def note_stale(engine: Engine, table: str, attributes: Collection[str]) -> None:
    """Let no question be asked of the rollups that store one of these attributes of films or users, until they are
    filled again. Call it before the attributes change, while readers wait."""
    changed = {(table, attribute) for attribute in attributes}
    stale = [rollup for rollup in ROLLUPS if rollup.attributes & changed]
    if stale:
        _note(engine, stale, is_stale=True)


def _note(engine: Engine, rollups: Collection[Rollup], is_stale: bool) -> None:
    engine.command(
        "INSERT INTO rollup_states SELECT arrayJoin({names:Array(String)}), {stale:Bool}, "
        f"(SELECT max(version) FROM rollup_states) + 1 WHERE {engine.fence.holds}",
        {"names": [rollup.name for rollup in rollups], "stale": is_stale},
    )


def checksum(rollup: Rollup) -> str:
    """The comment of a rollup's table, which changes with the declaration."""
    return hashlib.sha256((table_sql(rollup) + rollup_select(rollup, FACT)).encode()).hexdigest()[:16]


def table_sql(rollup: Rollup) -> str:
    """The columns, engine and order of a rollup's table."""
    keys = [f"{column.slug} {_key_type(column)}" for column in rollup.key_columns]
    aggregates = [f"{aggregate.slug} {aggregate.stored_as}" for aggregate in rollup.stored]
    columns = ", ".join(["step UInt8", "bucket DateTime('UTC')", *keys, *aggregates])
    # Rows with sets are large, so a small granularity avoids reading many of them to get a few.
    return (
        f"({columns}) ENGINE = AggregatingMergeTree PARTITION BY toYYYYMM(bucket) "
        f"ORDER BY ({', '.join(['step', 'bucket', *rollup.keys])}) SETTINGS index_granularity = 8"
    )


def _key_type(column: Column) -> str:
    return {Kind.KEY: "UInt32", Kind.SMALL_NUMBER: "UInt8"}.get(column.kind, "LowCardinality(String)")
