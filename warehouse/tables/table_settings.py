"""Settings of tables on the disk: what survives a power cut, and how long merged parts are kept."""

from warehouse.engine.address import Embedded
from warehouse.engine.engine import Engine

# A merged part is synced before it takes the place of its parts, so these need not stay for the eight minutes that the
# engine keeps them by default: thousands of folders where small loads are many.
_MERGES = {
    "old_parts_lifetime": 20,
    "min_rows_to_fsync_after_merge": 1,
    "min_compressed_bytes_to_fsync_after_merge": 1,
    "fsync_part_directory": 1,
}
# On a server nobody can sync the whole file system, so every new part is synced by itself.
_INSERTS = {"fsync_after_insert": 1}
# Without it the engine removes the parts of a table that is truncated at once; with it, after that time.
_LIFETIME = "old_parts_lifetime"


def apply_settings(engine: Engine) -> None:
    """Give every MergeTree table the settings that it lacks. Tables that are made like another have its own."""
    found = engine.query(
        "SELECT name, engine_full FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'"
    )
    settings = _MERGES if isinstance(engine.address, Embedded) or not engine.limits.durable else _MERGES | _INSERTS
    for table, declared in found.rows:
        is_truncated = table.endswith("_staging") or table == "forgetting"
        wanted = {name: value for name, value in settings.items() if not (is_truncated and name == _LIFETIME)}
        lacking = [f"{name} = {value}" for name, value in wanted.items() if f"{name} = {value}" not in declared]
        if lacking:
            engine.command(f"ALTER TABLE {table} MODIFY SETTING {', '.join(lacking)}")
        unwanted = [name for name in (_LIFETIME, *_INSERTS) if name not in wanted]
        for name in unwanted:
            if f"{name} = " in declared:
                engine.command(f"ALTER TABLE {table} RESET SETTING {name}")
