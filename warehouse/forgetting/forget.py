"""The order of forgetting: record the intent, make shadow tables without the person, exchange them, drop the old ones,
record that it is done.

Readers wait for the exchange alone, and find the person everywhere or nowhere. A process that dies in between leaves an
intent, and the next opening starts again from the shadow tables. The caller keeps loads and rebuilds out.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime

from warehouse.engine.engine import Engine
from warehouse.forgetting.intent import Intent, abandon, begin, finish, unfinished
from warehouse.forgetting.personal_rows import PERSONAL, Person, count_rows, find_person, parameters_of, removal_of
from warehouse.forgetting.tombstones import Tombstones
from warehouse.loads.leftover_tables import sweep
from warehouse.tables.rollup_tables import FACT
from warehouse.tables.shadow_tables import Removal, exchange_shadows, fill_shadows, touched_partitions

# A context in which readers wait, for the exchange.
Changing = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True)
class Forgotten:
    """The result of forgetting a person. `removed` are rows by table, `months` how many were rebuilt in rollups.
    `known` is false if no file ever brought the person, `again` true if they were forgotten before."""

    tombstone: str
    known: bool
    again: bool
    removed: Mapping[str, int]
    months: int
    seconds: float


def forget(engine: Engine, tombstones: Tombstones, user_id: int, by: str, changing: Changing) -> Forgotten:
    """Remove a person, and leave a tombstone; `by` is who requested it.

    Raises: Unavailable without the key of the tombstones. After any error before the exchange, nothing is removed.
    """
    began = time.monotonic()
    finish_forgetting(engine, changing)
    intent, again = _intent(engine, tombstones, user_id, by)
    begin(engine, intent)
    try:
        removal = _prepare(engine, intent)
    except BaseException:
        sweep(engine)
        abandon(engine)
        raise
    _complete(engine, removal, changing)
    return Forgotten(
        intent.tombstone.hex(),
        intent.user_key != 0,
        again,
        intent.removed,
        len(intent.months),
        time.monotonic() - began,
    )


def finish_forgetting(engine: Engine, changing: Changing = nullcontext) -> None:
    """Complete what a dead process had begun. Needs no key."""
    for intent in unfinished(engine):
        _complete(engine, _prepare(engine, intent), changing)


def _intent(engine: Engine, tombstones: Tombstones, user_id: int, by: str) -> tuple[Intent, bool]:
    keyed, person = tombstones.hash(), find_person(engine, user_id)
    tombstone, again, keys_given = engine.query(
        f"SELECT {keyed.sql('{id:UInt128}')} AS mark, mark IN (SELECT tombstone FROM forgotten), "
        "greatest((SELECT max(user_key) FROM users_versions), (SELECT max(keys_given) FROM forgotten))",
        {**keyed.parameters, "id": user_id},
    ).rows[0]
    months = touched_partitions(engine, FACT, PERSONAL[FACT], parameters_of([person]))
    removed = count_rows(engine, person)
    now = datetime.now(UTC)
    return Intent(user_id, person.user_key, months, tombstone, keyed.check, keys_given, removed, by, now), bool(again)


def _prepare(engine: Engine, intent: Intent) -> Removal:
    """Repeatable from any point: shadow tables of a dead attempt may hold what it exchanged, so they are dropped."""
    sweep(engine)
    names = find_person(engine, intent.user_id).names
    removal = removal_of(Person(intent.user_id, intent.user_key, names), intent.months)
    fill_shadows(engine, removal)
    return removal


def _complete(engine: Engine, removal: Removal, changing: Changing) -> None:
    with changing():
        exchange_shadows(engine, removal)
        engine.command("SYSTEM RELOAD DICTIONARY users_dictionary")
    sweep(engine)
    finish(engine)
