"""Boards are kept: the newest version counts in the next process, and a deleted board stays away."""

import logging
from pathlib import Path

import pytest

from warehouse import open_warehouse
from warehouse.boards import BoardPanel, Boards
from warehouse.errors import BadInput, Unavailable
from warehouse.saved_items import Owner


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
        deleted = warehouse.engine.query("SELECT title, panels FROM boards WHERE is_deleted").rows
        assert deleted
        assert set(deleted) == {("", "")}


def test_rows_of_an_older_export_bring_no_deleted_board_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Boards, "most", 1)
    owner = Owner("ada", "marquee")
    with open_warehouse(f"chdb://{tmp_path}/warehouse") as warehouse:
        boards, engine = warehouse.boards, warehouse.engine
        gone = boards.create("gone", owner, "", (BoardPanel("a", "by=DAY"),))
        engine.command("CREATE TABLE of_an_export AS boards")
        engine.command("INSERT INTO of_an_export SELECT * FROM boards")
        boards.change(gone, "gone", "", (), is_deleted=True)
        found = boards.create("kept", owner, "", ())
        for number in range(8):
            found = boards.change(found, f"{number}", "", ())
        engine.command("INSERT INTO boards SELECT * FROM of_an_export")
        assert boards.find(gone.board_id) is None
        assert [one.board_id for one in boards.all()] == [found.board_id]


def test_a_board_that_was_saved_when_another_process_deleted_it_is_kept_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Boards, "most", 1)
    with open_warehouse(f"chdb://{tmp_path}/warehouse") as warehouse:
        boards = warehouse.boards
        board = boards.create("a", Owner("ada", "marquee"), "", ())
        boards.change(board, "a", "", (), is_deleted=True)
        # At the same moment, of the same version; the later one counts.
        warehouse.engine.command(
            "INSERT INTO boards SELECT * REPLACE ('saved' AS title, '[]' AS panels, false AS is_deleted, "
            "saved_at + toIntervalSecond(1) AS saved_at) FROM (SELECT * FROM boards WHERE is_deleted)"
        )
        for number in range(3, 12):
            newest = boards.find(board.board_id)
            assert newest is not None
            assert newest.version == number - 1
            boards.change(newest, f"{number}", "", ())
        assert int(warehouse.engine.query("SELECT count() FROM boards").scalar()) <= 4


def test_a_board_is_saved_where_old_versions_cannot_be_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with open_warehouse(f"chdb://{tmp_path}/warehouse") as warehouse:

        def refuse(_: Boards) -> None:
            raise Unavailable("the disk is full")

        monkeypatch.setattr(Boards, "_drop_old", refuse)
        made = warehouse.boards.create("a", Owner("ada", "marquee"), "", ())
        assert warehouse.boards.find(made.board_id) is not None
    assert "Old versions of boards could not be dropped: the disk is full" in caplog.text


def test_an_unreadable_board_is_warned_of_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with open_warehouse(f"chdb://{tmp_path}/warehouse") as warehouse:
        kept = warehouse.boards.create("a", Owner("ada", "marquee"), "", ())
        later = warehouse.boards.create("b", Owner("ada", "marquee"), "", ())
        warehouse.engine.command(
            "INSERT INTO boards SELECT * REPLACE (2 AS version, 'of a later Marquee' AS panels) FROM boards "
            f"WHERE board_id = '{later.board_id}'"
        )
        with caplog.at_level(logging.WARNING):
            for _ in range(3):
                assert [one.board_id for one in warehouse.boards.all()] == [kept.board_id]
                assert warehouse.boards.find(later.board_id) is None
        assert caplog.text.count("can't be read by this version") == 1


def test_an_owner_has_so_many_boards_and_others_have_theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Boards, "most_of_one", 2)
    with open_warehouse(f"chdb://{tmp_path}/warehouse") as warehouse:
        for _ in range(2):
            warehouse.boards.create("a", Owner("ada", "marquee"), "", ())
        with pytest.raises(BadInput, match="You have 2 boards already"):
            warehouse.boards.create("a", Owner("ada", "marquee"), "", ())
        for other in (Owner("bob", "marquee"), Owner("ada", "https://issuer.example")):
            warehouse.boards.create("a", other, "", ())
