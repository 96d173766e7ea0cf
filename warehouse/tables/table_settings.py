"""Settings of tables on the disk: what survives a power cut, how long merged parts stay, and how parts are laid out."""

import re

from warehouse.engine.address import Embedded
from warehouse.engine.engine import Engine
from warehouse.loads.row_verdicts import FACT_TABLES
from warehouse.model.rollups import ROLLUPS

# A merged part is synced before it takes the place of its parts, so these need not stay for the eight minutes that the
# engine keeps them by default: thousands of folders where small loads are many.
_MERGES = {
    "old_parts_lifetime": 20,
    "min_rows_to_fsync_after_merge": 1,
    "min_compressed_bytes_to_fsync_after_merge": 1,
    "fsync_part_directory": 1,
}
# By default parts below 10 MiB keep all columns in one file. Rollups are read in pieces of a few rows, and passing over
# their sets for a column of sums took four times the time. Parts of small loads stay as they are.
_READ_IN_PIECES = {"min_bytes_for_wide_part": 262_144}
# On a server nobody can sync the whole file system, so every new part is synced by itself.
_INSERTS = {"fsync_after_insert": 1}
# Without it the engine removes the parts of a table that is truncated at once; with it, after that time.
_LIFETIME = "old_parts_lifetime"
# On a server their names end with a number, see `scratch_tables`.
_STAGING = re.compile(r"_staging(_w\d+)?$")
_ROLLUPS = {rollup.name for rollup in ROLLUPS}
# Stages are made like these tables, and have their settings.
_STAGED = {*FACT_TABLES, *_ROLLUPS}


def with_settings(table: str, declaration: str) -> str:
    """The declaration of a MergeTree table, of which SETTINGS are the last clause if there are any, with those that all
    have. A declaration is cheaper than a change of each new table; what stages must not have comes later.
    """
    settings = ", ".join(
        f"{name} = {value}"
        for name, value in _settings_of(table).items()
        if name != _LIFETIME or not (table in _STAGED or _is_truncated(table))
    )
    return f"{declaration}{',' if 'SETTINGS' in declaration else ' SETTINGS'} {settings}"


def apply_settings(engine: Engine) -> None:
    """Give every MergeTree table the settings that it lacks."""
    found = engine.query(
        "SELECT name, engine_full FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'"
    )
    inserts = {} if isinstance(engine.address, Embedded) or not engine.limits.durable else _INSERTS
    for table, declared in found.rows:
        settings = _settings_of(table) | inserts
        wanted = {name: value for name, value in settings.items() if name != _LIFETIME or not _is_truncated(table)}
        lacking = [f"{name} = {value}" for name, value in wanted.items() if f"{name} = {value}" not in declared]
        if lacking:
            engine.command(f"ALTER TABLE {table} MODIFY SETTING {', '.join(lacking)}")
        for name in (_LIFETIME, *_INSERTS):
            if name not in wanted and f"{name} = " in declared:
                engine.command(f"ALTER TABLE {table} RESET SETTING {name}")


def _settings_of(table: str) -> dict[str, int]:
    return _MERGES | _READ_IN_PIECES if _STAGING.sub("", table) in _ROLLUPS else _MERGES


def _is_truncated(table: str) -> bool:
    return table == "forgetting" or _STAGING.search(table) is not None
