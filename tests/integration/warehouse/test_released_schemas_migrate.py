"""A warehouse of every released schema, with rows of all kinds in it, opens today and says what it said then."""

import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.integration.warehouse.forgettable import ID, OTHERS, differences
from tests.integration.warehouse.modes import embedded
from warehouse.forgetting.forgotten_file import file_of, read_forgotten
from warehouse.loads.ledger import load_as_of
from warehouse.tables.migrate import known

ARCHIVES = sorted((Path(__file__).parent / "released").glob("schema-*.tar.xz"))


@pytest.mark.parametrize("archive", ARCHIVES, ids=lambda archive: archive.name)
def test_a_warehouse_of_a_released_schema_migrates_with_its_rows(archive: Path, tmp_path: Path) -> None:
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path, filter="tar")
    # Made with the mask of its day; opening refuses a folder that others may enter.
    (tmp_path / "warehouse").chmod(0o700)
    with embedded(tmp_path) as warehouse:
        engine = warehouse.engine
        applied = [number for (number,) in engine.query("SELECT number FROM schema_migrations ORDER BY number").rows]
        assert applied == [migration.number for migration in known()]
        assert engine.query("SELECT count() FROM viewing_sessions").scalar() == len(OTHERS.sessions)
        assert engine.query("SELECT count() FROM users").scalar() == len(OTHERS.people)
        # Its ratings were undone.
        assert engine.query("SELECT count() FROM ratings").scalar() == 0
        assert engine.query("SELECT count() FROM ratings_undone").scalar() == len(OTHERS.reviews)
        assert differences(warehouse) == []
        assert warehouse.repairs.recovered == []
        assert warehouse.repairs.lost == []
        assert (
            load_as_of(engine, datetime(2100, 1, 1, tzinfo=UTC))
            == engine.query("SELECT max(load_id) FROM loads").scalar()
        )
        forgotten = warehouse.forget(ID, "a test")
        assert (forgotten.again, forgotten.removed) == (True, {})
    assert len(read_forgotten(tmp_path / "warehouse")) == 1
    assert file_of(tmp_path / "warehouse").exists()


def test_there_is_an_archive_of_a_schema_that_is_known() -> None:
    numbers = {f"{migration.number:04}" for migration in known()}
    assert ARCHIVES
    assert {archive.name.removeprefix("schema-").removesuffix(".tar.xz") for archive in ARCHIVES} <= numbers
