"""Published operations are kept: one of each name in the next process, and none that was unpublished."""

import asyncio
from pathlib import Path

import pytest

from server.answering.operation_catalogue import STALE_S, OperationCatalogue
from server.answering.published_operations import published
from tests.integration.warehouse.modes import Modes
from warehouse import Warehouse, open_warehouse
from warehouse.errors import BadInput
from warehouse.published_operations import PublishedOperations
from warehouse.saved_items import Owner

ADA, BOB = Owner("ada", "marquee"), Owner("bob", "marquee")
FIRST, SECOND = "query A { genres { genre } }", "query A { devices { device } }"


def test_they_outlive_the_process(tmp_path: Path) -> None:
    address = f"chdb://{tmp_path}/warehouse"
    with open_warehouse(address) as warehouse:
        table = warehouse.published_operations
        table.publish("B", "query B { genres { genre } }", ADA)
        table.unpublish(table.publish("A", FIRST, ADA))
    with open_warehouse(address) as warehouse:
        table = warehouse.published_operations
        assert [(one.name, one.version, one.owner) for one in table.all()] == [("B", 1, ADA)]
        again = table.publish("A", SECOND, BOB)
        assert (again.version, again.owner) == (3, BOB)
    with open_warehouse(address) as warehouse:
        catalogue = OperationCatalogue(published(), warehouse.published_operations, is_shared=False)
        assert {one.name: one.document for one in catalogue.edition.saved.values()} == {
            "A": SECOND,
            "B": "query B { genres { genre } }",
        }


def test_a_name_is_published_once(warehouse: Warehouse) -> None:
    table = warehouse.published_operations
    first = table.publish("A", FIRST, ADA)
    with pytest.raises(BadInput, match="A is published already"):
        table.publish("A", FIRST, ADA)
    table.unpublish(first)
    with pytest.raises(BadInput, match="The published operation was changed by somebody else meanwhile"):
        table.unpublish(first)
    assert table.all() == []


def test_publishing_again_and_again_does_not_fill_the_table(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PublishedOperations, "most", 3)
    table = warehouse.published_operations
    for number in range(12):
        name = f"A{number % 5}"
        table.unpublish(table.publish(name, f"query {name} {{ genres {{ genre }} }} # {number}", ADA))
    rows = warehouse.engine.query("SELECT count() FROM published_operations").scalar()
    assert 0 < int(rows) <= 4 * PublishedOperations.most
    assert table.all() == []
    assert table.publish("A0", FIRST, ADA).version > 1


def test_after_an_upgrade_that_brings_the_name_the_built_in_one_counts(warehouse: Warehouse) -> None:
    table = warehouse.published_operations
    mine = table.publish("Genres", "query Genres { devices { device } }", ADA)
    table.publish("A", FIRST, ADA)
    built_in = published()
    catalogue = OperationCatalogue(built_in, table, is_shared=False)
    assert catalogue["Genres"] is built_in["Genres"]
    assert (list(catalogue)[-1], len(catalogue)) == ("A", len(built_in) + 1)
    assert catalogue.published["Genres"].saved is None
    catalogue.unpublish("Genres")
    assert table.find(mine.name) is None
    assert catalogue["Genres"] is built_in["Genres"]


def test_what_a_later_version_published_is_passed_over(warehouse: Warehouse, caplog: pytest.LogCaptureFixture) -> None:
    warehouse.published_operations.publish("Later", "query Later @{ genres }", ADA)
    warehouse.published_operations.publish("A", FIRST, ADA)
    for _ in range(2):
        catalogue = OperationCatalogue(published(), warehouse.published_operations, is_shared=False)
    assert "Later" not in catalogue
    assert "A" in catalogue
    assert "The published operation Later can't be read by this version of Marquee." in caplog.text


def test_the_table_is_read_again_only_when_it_may_have_changed(warehouse: Warehouse) -> None:
    now = 100.0
    alone = OperationCatalogue({}, warehouse.published_operations, is_shared=False, clock=lambda: now)
    shared = OperationCatalogue({}, warehouse.published_operations, is_shared=True, clock=lambda: now)
    assert (alone.is_stale, shared.is_stale) == (False, False)
    warehouse.published_operations.publish("A", FIRST, ADA)
    assert (alone.is_stale, "A" in alone) == (True, False)
    shared.unpublish("A")
    asyncio.run(alone.catch_up())
    now += STALE_S
    assert (alone.is_stale, shared.is_stale) == (False, True)


def test_where_the_table_can_not_be_read_built_in_ones_run(
    warehouse: Warehouse, caplog: pytest.LogCaptureFixture
) -> None:
    now, built_in = 100.0, published()
    warehouse.engine.command("RENAME TABLE published_operations TO away")
    catalogue = OperationCatalogue(built_in, warehouse.published_operations, is_shared=False, clock=lambda: now)
    assert (dict(catalogue), catalogue.is_stale) == (dict(built_in), False)
    assert "The published operations can't be read: " in caplog.text
    warehouse.engine.command("RENAME TABLE away TO published_operations")
    warehouse.published_operations.publish("A", FIRST, ADA)
    now += STALE_S
    asyncio.run(catalogue.catch_up())
    assert catalogue["A"].document == FIRST


@pytest.mark.slow
def test_another_process_on_the_same_server_sees_them_within_seconds(modes: Modes) -> None:
    address = modes.engine().address("published_twice")
    now = 100.0
    with open_warehouse(address) as ours, open_warehouse(address) as theirs:
        here = OperationCatalogue({}, ours.published_operations, is_shared=True)
        there = OperationCatalogue({}, theirs.published_operations, is_shared=True, clock=lambda: now)
        here.publish("A", FIRST, ADA)
        asyncio.run(there.catch_up())
        assert "A" not in there
        now += STALE_S
        asyncio.run(there.catch_up())
        assert there["A"].document == FIRST
        there.unpublish("A")
        assert "A" not in there
