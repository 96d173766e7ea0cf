"""Revoked tokens: they outlive the process, end with their token, and reach processes that share a server in time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from warehouse import Warehouse, open_warehouse
from warehouse.revocations import FOR_GOOD, STALE_S, Revocations

SOON = datetime.now(UTC) + timedelta(hours=1)
PAST = datetime.now(UTC) - timedelta(hours=1)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A warehouse of no data; each test revokes ids of its own."""
    with open_warehouse(f"chdb://{tmp_path_factory.mktemp('revocations')}/warehouse") as opened:
        yield opened


def stored(warehouse: Warehouse) -> set[str]:
    return {token_id for (token_id,) in warehouse.engine.query("SELECT token_id FROM revoked_tokens").rows}


def test_a_revocation_outlives_the_process(tmp_path: Path) -> None:
    address = f"chdb://{tmp_path}/warehouse"
    with open_warehouse(address) as warehouse:
        warehouse.revocations.add("one", SOON, "ada")
        warehouse.revocations.add("two", FOR_GOOD, "ada")
        assert "one" in warehouse.revocations
    with open_warehouse(address) as warehouse:
        known = [token_id in warehouse.revocations for token_id in ("one", "two", "three", None)]
        assert known == [True, True, False, False]
        assert warehouse.engine.query("SELECT DISTINCT revoked_by FROM revoked_tokens").rows == [("ada",)]


def test_a_second_revocation_never_shortens_the_first(warehouse: Warehouse) -> None:
    warehouse.revocations.add("long", FOR_GOOD, "ada")
    warehouse.revocations.add("long", PAST, "ada")
    warehouse.revocations.add("another", SOON, "ada")
    assert "long" in warehouse.revocations
    warehouse.revocations.read()
    assert "long" in warehouse.revocations


def test_what_has_ended_by_itself_is_forgotten_and_removed(warehouse: Warehouse) -> None:
    warehouse.revocations.add("ended", PAST, "ada")
    warehouse.revocations.add("open", SOON, "ada")
    warehouse.engine.command("OPTIMIZE TABLE revoked_tokens FINAL")
    warehouse.revocations.read()
    assert {"ended", "open"} & stored(warehouse) == {"open"}
    assert [token_id in warehouse.revocations for token_id in ("ended", "open")] == [False, True]


def test_a_process_that_shares_a_server_learns_within_seconds(warehouse: Warehouse) -> None:
    now = 0.0
    other = Revocations(warehouse.engine, is_shared=True, clock=lambda: now)
    warehouse.revocations.add("news", SOON, "ada")
    assert (other.is_stale, "news" in other) == (False, False)
    now = STALE_S
    assert other.is_stale
    other.read()
    assert (other.is_stale, "news" in other) == (False, True)


def test_a_process_that_holds_its_folder_never_asks_again(warehouse: Warehouse) -> None:
    alone = Revocations(warehouse.engine, is_shared=False, clock=lambda: 1e9)
    assert not alone.is_stale


@pytest.mark.parametrize("token_id", ["'; DROP TABLE revoked_tokens; --", "\\", "{x:String}", "🎬", "a" * 8_000, ""])
def test_an_id_is_a_value_whatever_it_holds(warehouse: Warehouse, token_id: str) -> None:
    warehouse.revocations.add(token_id, SOON, token_id)
    warehouse.revocations.read()
    assert token_id in warehouse.revocations


def test_trying_a_used_key_again_writes_nothing(warehouse: Warehouse) -> None:
    """Here, and after a restart, when it is not remembered."""
    after_restart = Revocations(warehouse.engine, is_shared=False)
    tries = [each.count_use("frame", SOON, "ada") for each in (*[warehouse.revocations] * 5, *[after_restart] * 5)]
    assert tries == [True] + [False] * 9
    written = warehouse.engine.query("SELECT count() FROM revoked_tokens WHERE token_id LIKE '%frame'")
    assert written.scalar() == 1
