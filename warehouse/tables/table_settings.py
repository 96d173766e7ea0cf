"""Settings of all MergeTree tables: parts that are merged into others leave the disk within a minute.

By default they stay for eight minutes, in case the machine stops before the merged part is on the disk: thousands of
folders where small loads are many. Merged parts are synced instead, which costs loads nothing.
"""

from warehouse.engine.engine import Engine

SETTINGS = {
    "old_parts_lifetime": 10,
    "min_rows_to_fsync_after_merge": 1,
    "min_compressed_bytes_to_fsync_after_merge": 1,
    "fsync_part_directory": 1,
}


def apply_settings(engine: Engine) -> None:
    """Give the settings to every table that lacks some. Tables that are made like another have its own."""
    found = engine.query(
        "SELECT name, engine_full FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'"
    )
    for table, declared in found.rows:
        lacking = [f"{name} = {value}" for name, value in SETTINGS.items() if f"{name} = {value}" not in declared]
        if lacking:
            engine.command(f"ALTER TABLE {table} MODIFY SETTING {', '.join(lacking)}")
