"""A warehouse of before attributes were texts: what it showed stays, what waits loads, a dead migration goes on."""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.integration.ingest.attribute_sessions import know_film_and_user
from warehouse import Warehouse, open_warehouse
from warehouse.engine.address import parse
from warehouse.engine.engine import Engine
from warehouse.engine.limits import Limits
from warehouse.loads import ledger
from warehouse.loads.ledger import Entry, State
from warehouse.tables import migrate

pytestmark = pytest.mark.slow

NUMBER = 23
# As it was sent, and what is kept of it: what was guessed stays as it was shown.
STORED = {
    1: ('{"app": {"version": "2.1"}, "n": 7, "f": 4.2}', {"app.version": "2.1", "n": "7", "f": "4.2"}),
    2: ('{"n": 18446744073709551615, "yes": true, "no": null}', {"n": "18446744073709551615", "yes": "true"}),
    3: ('{"list": ["a", "1"], "it": "quo\\"te \\\\ /", "": "x"}', {"list": '["a","1"]', "it": 'quo"te \\ /', "": "x"}),
    4: ('{"day": "2025-02-30", "o": {"p": {"q": {"r": "s"}}}}', {"day": "2025-03-02", "o.p.q.r": "s"}),
    5: ("{}", {}),
}
# Rows that wait are kept as they were sent.
WAITING = '{"app": {"version": "2.1"}, "day": "2025-02-30", "n": 9007199254740993, "text": "quo\\"te", "none": null}'
RELEASED = {"app.version": "2.1", "day": "2025-02-30", "n": "9007199254740993", "text": 'quo"te'}
# The load that brought them.
LOAD = Entry(
    1,
    "viewing_sessions",
    ("old.ndjson",),
    State.DONE,
    datetime(2026, 5, 29, tzinfo=UTC),
    rows=6,
    accepted=5,
    quarantined=1,
)
TABLES = ("viewing_sessions", "viewing_sessions_undone", "viewing_sessions_staging")
ORIGINAL = {
    "id": "77",
    "user_id": "1",
    "movie_id": "1",
    "start_time": "2026-05-28 00:00:00",
    "watch_minutes_e4": "1",
    "completion_e6": None,
    "device_type": "TV",
    "quality": None,
    "buffering_count": None,
    "attributes": WAITING,
}


@contextmanager
def engine_of(folder: Path) -> Iterator[Engine]:
    """The engine of a warehouse's folder, without all that opening does."""
    engine = Engine(parse(f"chdb://{folder}", None), Limits())
    try:
        yield engine
    finally:
        engine.close()


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse as it was, with rows in each of the tables that have attributes, and one that waits for its user."""
    folder = tmp_path_factory.mktemp("old") / "warehouse"
    folder.mkdir(0o700)
    known = [one for one in migrate.known() if one.number < NUMBER]
    with pytest.MonkeyPatch.context() as before, engine_of(folder) as engine:
        before.setattr(migrate, "known", lambda: known)
        migrate.migrate(engine)
        engine.command("CREATE TABLE viewing_sessions_staging AS viewing_sessions")
        for table in TABLES:
            for number, (sent, _) in STORED.items():
                engine.command(
                    f"INSERT INTO {table} (id, user_key, start_time, attributes, load_id) SELECT {number}, 1, "
                    "toDateTime('2026-05-28', 'UTC'), CAST({sent:String} AS JSON(max_dynamic_paths = 64)), 1",
                    {"sent": sent},
                )
        engine.command(
            "INSERT INTO rejected_rows (load_id, table, row, reason, original) SELECT 1, 'viewing_sessions', 6, "
            "'UNKNOWN_USER', {original:String}",
            {"original": json.dumps(ORIGINAL)},
        )
        ledger.record(engine, LOAD)
    return folder


def kept(source: Warehouse | Engine, table: str) -> dict[int, dict[str, str]]:
    engine = source if isinstance(source, Engine) else source.engine
    rows = engine.query(f"SELECT toUInt64(id), attributes FROM {table}").rows
    return {int(number): dict(attributes) for number, attributes in rows}


@pytest.mark.parametrize("done", [0, 2, 3, 4, 10, 11])
def test_what_was_shown_stays_and_what_waits_is_released(old: Path, tmp_path: Path, done: int) -> None:
    folder = shutil.copytree(old, tmp_path / "warehouse", symlinks=True)
    (ours,) = (one for one in migrate.known() if one.number == NUMBER)
    with engine_of(folder) as engine:
        # A process that died after so many statements of the migration.
        for statement in list(ours.statements())[:done]:
            engine.command(statement)
    with engine_of(folder) as engine:
        assert ours.name in migrate.migrate(engine)
        for table in TABLES:
            assert kept(engine, table) == {number: texts for number, (_, texts) in STORED.items()}, table
    with open_warehouse(f"chdb://{folder}") as warehouse:
        know_film_and_user(warehouse, tmp_path)
        warehouse.retry()
        assert kept(warehouse, "viewing_sessions")[77] == RELEASED


def test_the_migration_names_the_loads_whose_values_may_have_been_guessed(old: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(old, tmp_path / "warehouse", symlinks=True)
    (ours,) = (one for one in migrate.known() if one.number == NUMBER)
    comment = "\n".join(line.removeprefix("--") for line in ours.sql.splitlines() if line.startswith("--"))
    found = re.search(r"SELECT load_id.*ORDER BY load_id", comment, re.DOTALL)
    assert found is not None
    with open_warehouse(f"chdb://{folder}") as warehouse:
        assert [tuple(row) for row in warehouse.engine.query(found[0]).rows] == [(1, 1)]
