"""A server's settings profile changes no answer, and lets nothing be acknowledged before it is stored."""

from pathlib import Path

import pytest

from tests.integration.warehouse.forgettable import WORLD, differences, settle
from tests.integration.warehouse.modes import HASH_KEY, served_engine
from warehouse import open_warehouse

# Each changes what a statement of Marquee does, if it holds.
PROFILE = (
    "async_insert=1",
    "wait_for_async_insert=0",
    "limit=1",
    "join_use_nulls=1",
    "transform_null_in=1",
    "session_timezone=Asia/Kolkata",
    "aggregate_functions_null_for_empty=1",
    "prefer_column_name_to_alias=1",
)


@pytest.mark.slow
def test_a_profile_that_changes_statements_changes_no_answer(tmp_path: Path) -> None:
    with (
        served_engine(tmp_path / "served", profile=PROFILE) as engine,
        open_warehouse(engine.address(), hash_key=lambda: HASH_KEY) as warehouse,
    ):
        settle(warehouse)
        warehouse.refill.wait()
        assert len(warehouse.engine.query("SELECT id FROM viewing_sessions").rows) == len(WORLD.sessions)
        first = min(one.start for one in WORLD.sessions)
        assert warehouse.engine.query("SELECT toUnixTimestamp(min(start_time)) FROM viewing_sessions").scalar() == first
        assert differences(warehouse) == []
