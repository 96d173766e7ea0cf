"""Importing an export that is older than requests to forget people here: they are left out before anything is shown.

So no reader sees them in between, and an import that is killed does not bring them back.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from warehouse.engine.engine import Engine
from warehouse.forgetting.forgotten_file import people_of
from warehouse.forgetting.personal_rows import PERSONAL, Person, find_person, parameters_of
from warehouse.forgetting.tombstones import Tombstones
from warehouse.tables.scratch_tables import make_scratch_table
from warehouse.tables.shadow_tables import sent

# People whose rows are left out by one pass over the tables.
_AT_ONCE = 200


@dataclass(frozen=True)
class LeftOut:
    """How many people were left out, and the tables that had rows of them."""

    people: int = 0
    tables: frozenset[str] = frozenset()


def leave_out(engine: Engine, tombstones: Tombstones, wanted: Collection[str], arriving: Mapping[str, str]) -> LeftOut:
    """Remove people with these tombstones (hex) from tables that are about to be shown, given as table → scratch table
    that holds its new rows.

    Raises: Unavailable without the key of the tombstones.
    """
    if not wanted:
        return LeftOut()
    versions = arriving.get("users_versions", "users_versions")
    people = [find_person(engine, user_id, versions) for user_id in people_of(engine, tombstones, wanted, arriving)]
    changed: set[str] = set()
    for start in range(0, len(people), _AT_ONCE):
        changed |= _leave_out(engine, people[start : start + _AT_ONCE], arriving)
    return LeftOut(len(people), frozenset(changed))


def _leave_out(engine: Engine, people: Sequence[Person], arriving: Mapping[str, str]) -> set[str]:
    changed: set[str] = set()
    for table in [name for name in PERSONAL if name in arriving]:
        given = sent(parameters_of(people), PERSONAL[table])
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
