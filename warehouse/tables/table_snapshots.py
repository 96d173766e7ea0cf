"""Snapshots of tables: copies with the parts that the tables had in one moment, while loads and corrections go on.

The parts are linked, which takes milliseconds. So what reads a whole warehouse, an export or a server's backup, need
not hold loads back.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress

from warehouse.engine.engine import Engine
from warehouse.engine.engine_errors import UNKNOWN_TABLE
from warehouse.errors import EngineFault, MarqueeError, Unavailable
from warehouse.tables.shadow_tables import partitions

# A pattern of their names, for the engine.
SNAPSHOT_NAMES = "_moment_[0-9a-f]{8}$"


@contextmanager
def table_snapshots(
    engine: Engine, tables: Sequence[str], held: AbstractContextManager[None]
) -> Iterator[Mapping[str, str]]:
    """The snapshots by the names of their tables; they are gone after the block. `held` keeps
    loads out while the parts are linked.

    Raises: Unavailable when a person was forgotten meanwhile, who would be in them.
    """
    mark = secrets.token_hex(4)
    names = {table: f"{table}_moment_{mark}" for table in tables}
    try:
        for table, name in names.items():
            engine.command(f"CREATE TABLE `{name}` AS `{table}`")
        with held:
            for table, name in names.items():
                for piece in partitions(engine, table):
                    engine.command(f"ALTER TABLE `{name}` ATTACH PARTITION ID '{piece}' FROM `{table}`")
        yield names
        # Also if all was read before they were dropped: what was made of them is about to be kept.
        for name in names.values():
            engine.query(f"SELECT 1 FROM `{name}` LIMIT 0")
    except EngineFault as error:
        if error.engine_code == UNKNOWN_TABLE:
            raise Unavailable(
                "A person was forgotten meanwhile, so what was made of before is not kept. Try again."
            ) from error
        raise
    finally:
        with suppress(MarqueeError):
            for name in names.values():
                engine.command(f"DROP TABLE IF EXISTS `{name}` SYNC")


def drop_table_snapshots(engine: Engine, older_than_s: int = 0) -> None:
    """Drop snapshots that were made so long ago: their processes died, or must not go on."""
    found = engine.query(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND match(name, {names:String}) "
        "AND metadata_modification_time <= now() - {age:UInt32}",
        {"names": SNAPSHOT_NAMES, "age": older_than_s},
    )
    for (name,) in found.rows:
        engine.command(f"DROP TABLE IF EXISTS `{name}` SYNC")
