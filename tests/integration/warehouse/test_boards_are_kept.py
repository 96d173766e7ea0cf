"""Boards are kept: the newest version counts in the next process, and a deleted board stays away."""

from pathlib import Path

import pytest

from warehouse import open_warehouse
from warehouse.boards import BoardPanel, Boards
from warehouse.errors import BadInput
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


def test_saving_again_and_again_does_not_fill_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Boards, "most", 3)
    owner, counted = Owner("ada", "marquee"), "SELECT count() FROM boards"
    with open_warehouse(f"chdb://{tmp_path}/warehouse") as warehouse:
        boards = warehouse.boards
        kept, found = boards.create("kept", owner, "", (BoardPanel("a", "by=DAY"),)), boards.create("b", owner, "", ())
        for number in range(8):
            found = boards.change(found, f"b {number}", "", (BoardPanel("a", f"{number}"),))
            gone = boards.create("gone", owner, "", ())
            boards.change(gone, "gone", "", (), is_deleted=True)
            assert int(warehouse.engine.query(counted).scalar()) <= 4 * Boards.most
        assert [(one.board_id, one.version) for one in boards.all()] == [(found.board_id, 9), (kept.board_id, 1)]


def test_an_owner_has_so_many_boards_and_others_have_theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Boards, "most_of_one", 2)
    with open_warehouse(f"chdb://{tmp_path}/warehouse") as warehouse:
        for _ in range(2):
            warehouse.boards.create("a", Owner("ada", "marquee"), "", ())
        with pytest.raises(BadInput, match="You have 2 boards already"):
            warehouse.boards.create("a", Owner("ada", "marquee"), "", ())
        for other in (Owner("bob", "marquee"), Owner("ada", "https://issuer.example")):
            warehouse.boards.create("a", other, "", ())
