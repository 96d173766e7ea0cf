"""Importing an export that is older than requests to forget people here: they are left out before anything is shown.

So no reader sees them in between, and an import that is killed does not bring them back.
"""

from collections.abc import Collection, Mapping

from warehouse.engine.engine import Engine
from warehouse.forgetting.forgotten_file import people_of
from warehouse.forgetting.personal_rows import PERSONAL, find_person
from warehouse.forgetting.tombstones import Tombstones
from warehouse.tables.scratch_tables import make_scratch_table
from warehouse.tables.shadow_tables import sent


def leave_out(engine: Engine, tombstones: Tombstones, wanted: Collection[str], arriving: Mapping[str, str]) -> set[str]:
    """Remove people with these tombstones (hex) from tables that are about to be shown, given as table → scratch table
    that holds its new rows; returns the tables that had rows of them.

    Raises: Unavailable without the key of the tombstones.
    """
    changed: set[str] = set()
    if not wanted:
        return changed
    for user_id in people_of(engine, tombstones, wanted, arriving):
        person = find_person(engine, user_id, arriving.get("users_versions", "users_versions"))
        for table in [name for name in PERSONAL if name in arriving]:
            given = sent(person.parameters, PERSONAL[table])
            test = f"FROM {arriving[table]} WHERE"
            if engine.query(f"SELECT count() {test} {PERSONAL[table]}", given).scalar():
                # Not deleted: deleted rows stay in the parts until these are merged.
                engine.command(f"DROP TABLE IF EXISTS {engine.scratch_table(f'{table}_computed')}")
                kept = make_scratch_table(engine, f"{table}_computed", f"AS {table}")
                engine.command(f"INSERT INTO {kept} SELECT * {test} NOT ({PERSONAL[table]})", given)
                engine.command(f"EXCHANGE TABLES {kept} AND {arriving[table]}")
                engine.command(f"DROP TABLE {kept}")
                changed.add(table)
    return changed
