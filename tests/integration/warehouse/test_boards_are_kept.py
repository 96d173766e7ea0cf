"""Boards are kept: the newest version counts in the next process, and a deleted board stays away."""

from pathlib import Path

from warehouse import open_warehouse
from warehouse.boards import BoardPanel
from warehouse.versioned_table import Owner


def test_boards_outlive_the_process(tmp_path: Path) -> None:
    address, owner = f"chdb://{tmp_path}/warehouse", Owner("ada", "marquee")
    with open_warehouse(address) as warehouse:
        first = warehouse.boards.create("b", owner, "", (BoardPanel("a", "by=DAY"),))
        gone = warehouse.boards.create("a", owner, "", ())
        warehouse.boards.change(first, "B", "viewer", first.panels)
        warehouse.boards.change(gone, "a", "", (), is_deleted=True)
    with open_warehouse(address) as warehouse:
        (found,) = warehouse.boards.all()
        assert (found.title, found.version, found.owner, found.shared_with, found.panels) == (
            "B",
            2,
            owner,
            "viewer",
            (BoardPanel("a", "by=DAY"),),
        )
