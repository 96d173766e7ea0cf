"""Boards: saved questions in an order, kept as versions. What a board shows is not here: each reader asks anew."""

import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
import pyarrow as pa

from warehouse.engine.engine import Engine
from warehouse.errors import BadInput

MOST_BOARDS = 1_000


@dataclass(frozen=True)
class BoardPanel:
    """A saved question: its title, and the question as the address of Explore has it."""

    title: str
    question: str


@dataclass(frozen=True)
class Owner:
    """Whose board it is: equal subjects of different issuers are different people."""

    subject: str
    issuer: str


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


@dataclass
class Boards:
    """The table of boards. Of saves in one process none is lost; of saves in several at the same moment the later one
    counts, and the other version stays in the table.
    """

    engine: Engine
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def all(self) -> list[Board]:
        """The newest version of every board that was not deleted, by title."""
        found = self.engine.query(f"SELECT * FROM ({_NEWEST}) WHERE NOT is_deleted ORDER BY lower(title), board_id")
        return [_told(row) for row in found.dicts()]

    def find(self, board_id: str) -> Board | None:
        """A board, None if there is none."""
        return next((one for one in self.all() if one.board_id == board_id), None)

    def create(self, title: str, owner: Owner, shared_with: str, panels: tuple[BoardPanel, ...]) -> Board:
        """A new board.

        Raises: BadInput where there are too many.
        """
        with self._lock:
            if len(self.all()) >= MOST_BOARDS:
                raise BadInput(f"There are {MOST_BOARDS:,} boards already. Delete one first.")
            board = Board(uuid.uuid4().hex, 1, title, owner, shared_with, panels, datetime.now(UTC))
            return self._save(board)

    def change(
        self, based_on: Board, title: str, shared_with: str, panels: tuple[BoardPanel, ...], is_deleted: bool = False
    ) -> Board:
        """The next version of a board.

        Raises: BadInput if it has a newer version than the one that the change is based on.
        """
        with self._lock:
            newest = self.find(based_on.board_id)
            if newest is None or newest.version != based_on.version:
                raise BadInput("The board was changed by somebody else meanwhile. Load it again, then change it.")
            board = Board(
                based_on.board_id, based_on.version + 1, title, based_on.owner, shared_with, panels, datetime.now(UTC)
            )
            return self._save(board, is_deleted)

    def _save(self, board: Board, is_deleted: bool = False) -> Board:
        row = {
            "board_id": board.board_id,
            "version": board.version,
            "title": board.title,
            "owner": board.owner.subject,
            "issuer": board.owner.issuer,
            "shared_with": board.shared_with,
            "panels": orjson.dumps(board.panels).decode(),
            "is_deleted": is_deleted,
            "saved_at": board.saved_at,
        }
        self.engine.insert("boards", pa.Table.from_pylist([row], schema=_SCHEMA))
        self.engine.sync()
        return board


_NEWEST = "SELECT * FROM boards ORDER BY board_id, version DESC, saved_at DESC LIMIT 1 BY board_id"
_SCHEMA = pa.schema(
    {
        "board_id": pa.string(),
        "version": pa.uint32(),
        **dict.fromkeys(("title", "owner", "issuer", "shared_with", "panels"), pa.string()),
        "is_deleted": pa.bool_(),
        "saved_at": pa.timestamp("ms", "UTC"),
    }
)


def _told(row: Mapping[str, Any]) -> Board:
    panels = tuple(BoardPanel(**one) for one in orjson.loads(row["panels"]))
    owner, saved_at = Owner(row["owner"], row["issuer"]), row["saved_at"].replace(tzinfo=UTC)
    return Board(row["board_id"], row["version"], row["title"], owner, row["shared_with"], panels, saved_at)
