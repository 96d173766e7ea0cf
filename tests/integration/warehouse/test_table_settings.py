"""Every table gives up dead parts soon, and syncs what it merged: a new one, and one of an older version."""

from pathlib import Path

from tests.integration.warehouse.modes import embedded
from tests.integration.warehouse.test_loads_are_taken_back import settle
from warehouse import Warehouse

LIFETIME, SYNCED = "old_parts_lifetime = 10", "min_rows_to_fsync_after_merge = 1"


def declared(warehouse: Warehouse) -> dict[str, str]:
    """What each table that has parts was declared with."""
    found = warehouse.engine.query(
        "SELECT name, engine_full FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'"
    )
    return {str(name): str(text) for name, text in found.rows}


def test_every_table_has_them(warehouse: Warehouse) -> None:
    tables = declared(warehouse)
    assert {"viewing_sessions", "genre_analytics", "genre_analytics_staging", "loads", "audit_log"} <= set(tables)
    assert [name for name, text in tables.items() if LIFETIME not in text or SYNCED not in text] == []


def test_an_older_table_gets_them_and_one_that_takes_its_place_keeps_them(tmp_path: Path) -> None:
    with embedded(tmp_path) as warehouse:
        second = settle(warehouse)
        for table in ("viewing_sessions", "genre_analytics", "users"):
            warehouse.engine.command(f"ALTER TABLE {table} RESET SETTING old_parts_lifetime")
    with embedded(tmp_path) as warehouse:
        warehouse.undo(second)
        warehouse.rebuild()
        assert [name for name, text in declared(warehouse).items() if LIFETIME not in text] == []
