"""Boards: saved questions in an order, kept as versions. What a board shows is not here: each reader asks anew."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from warehouse.saved_items import Owner, Version, VersionedTable

MOST_BOARDS, MOST_BOARDS_OF_ONE = 1_000, 100


@dataclass(frozen=True)
class BoardPanel:
    """A saved question: its title, and the question as the address of Explore has it."""

    title: str
    question: str


@dataclass(frozen=True)
class Board:
    """One version of a board; `shared_with` is the lowest role that sees it beside its owner, empty for none."""

    board_id: str
    version: int
    title: str
    owner: Owner
    shared_with: str
    panels: tuple[BoardPanel, ...]
    saved_at: datetime


class Boards(VersionedTable[Board]):
    """The table of boards."""

    noun, texts, most, most_of_one = "board", ("shared_with", "panels"), MOST_BOARDS, MOST_BOARDS_OF_ONE

    def create(self, title: str, owner: Owner, shared_with: str, panels: tuple[BoardPanel, ...]) -> Board:
        """A new board.

        Raises: BadInput where there are too many.
        """
        return self._create(Board(uuid.uuid4().hex, 1, title, owner, shared_with, panels, datetime.now(UTC)))

    def change(
        self, based_on: Board, title: str, shared_with: str, panels: tuple[BoardPanel, ...], is_deleted: bool = False
    ) -> Board:
        """The next version of a board.

        Raises: BadInput if it has a newer version than the one that the change is based on.
        """
        board_id, number, now = based_on.board_id, based_on.version + 1, datetime.now(UTC)
        return self._change(Board(board_id, number, title, based_on.owner, shared_with, panels, now), is_deleted)

    def _item(self, version: Version, texts: Mapping[str, str]) -> Board:
        panels = tuple(BoardPanel(**one) for one in orjson.loads(texts["panels"]))
        saved_at, shared_with = version.saved_at, texts["shared_with"]
        return Board(version.identity, version.number, version.title, version.owner, shared_with, panels, saved_at)

    def _row(self, item: Board) -> tuple[Version, Mapping[str, str]]:
        texts = {"shared_with": item.shared_with, "panels": orjson.dumps(item.panels).decode()}
        return Version(item.board_id, item.version, item.title, item.owner, item.saved_at), texts
