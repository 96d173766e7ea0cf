"""Boards: who sees and changes which. Their questions are asked elsewhere, by each reader."""

from typing import Annotated

import strawberry

import warehouse.boards as table
from resolvers.context import Context, context_of
from resolvers.saved_items import asker_of, checked_text
from resolvers.user_errors import done_or_refused
from schema.boards import (
    LONGEST_QUESTION,
    LONGEST_TITLE,
    MOST_PANELS,
    Board,
    BoardId,
    BoardPanel,
    BoardPanelInput,
    DeleteBoardInput,
    SaveBoardInput,
)
from schema.node_ids import node_id, source_id
from schema.payloads import DeleteBoardPayload, SaveBoardPayload
from schema.roles import Role
from schema.scalars import DateTime
from warehouse.errors import BadInput, Forbidden
from warehouse.query.local_time import instant_text
from warehouse.saved_items import changed_meanwhile

Saved = Annotated[SaveBoardInput, strawberry.argument(description="The board as it should be.")]
Deleted = Annotated[DeleteBoardInput, strawberry.argument(description="The board to delete.")]

_SHARED = (Role.VIEWER, Role.ANALYST, Role.ADMIN)


async def boards(info: strawberry.Info) -> list[Board]:
    """Your boards and those that are shared with your role, by title."""
    context = context_of(info)
    found = await context.once(context.warehouse.boards.all)
    return [_shown(context, one) for one in found if _sees(context, one)]


async def board(info: strawberry.Info, id: BoardId) -> Board | None:
    """A board that you may see; null if there is none."""
    context = context_of(info)
    found = await _find(context, id)
    return _shown(context, found) if found else None


async def save_board(info: strawberry.Info, input: Saved) -> SaveBoardPayload:
    """Save a board: a new one of yours, or the next version of one that you may change. Where a server runs published
    operations only, boards publish their questions, so only admins save them."""
    context = context_of(info)
    saved, errors = await done_or_refused(context, _save(context, input))
    return SaveBoardPayload(board=_shown(context, saved) if saved else None, user_errors=errors)


async def delete_board(info: strawberry.Info, input: Deleted) -> DeleteBoardPayload:
    """Delete a board that you may change."""
    context = context_of(info)
    gone, errors = await done_or_refused(context, _delete(context, input))
    return DeleteBoardPayload(
        deleted_id=strawberry.ID(node_id("Board", gone.board_id)) if gone else None, user_errors=errors
    )


async def _save(context: Context, asked: SaveBoardInput) -> table.Board:
    if not context.may_publish:
        raise Forbidden("This server answers published questions only. Ask an admin to save the board.")
    kept = context.warehouse.boards
    title, shared_with = checked_text(asked.title, "title", LONGEST_TITLE, "title"), _role(asked.shared_with)
    panels = _panels(asked.panels)
    if asked.id is None:
        owner = asker_of(context)
        return await context.once(lambda: kept.create(title, owner, shared_with, panels))
    based_on = await _changeable(context, asked.id, asked.version)
    return await context.once(lambda: kept.change(based_on, title, shared_with, panels))


async def _delete(context: Context, asked: DeleteBoardInput) -> table.Board:
    kept = context.warehouse.boards
    based_on = await _changeable(context, asked.id, asked.version)
    return await context.once(lambda: kept.change(based_on, based_on.title, based_on.shared_with, (), is_deleted=True))


async def _find(context: Context, board_id: str) -> table.Board | None:
    own_id = source_id("Board", board_id)
    found = await context.once(lambda: context.warehouse.boards.find(own_id))
    return found if found and _sees(context, found) else None


async def board_of(context: Context, board_id: str) -> table.Board:
    """A board that the asker may see.

    Raises: BadInput where there is none.
    """
    found = await _find(context, board_id)
    if found is None:
        raise BadInput(f"There is no board {board_id!r}.", "boardId")
    return found


async def _changeable(context: Context, board_id: str, version: int | None) -> table.Board:
    """The board of a change, as the asker has seen it.

    Raises: BadInput for one that the asker does not see, or that has another version; Forbidden.
    """
    found = await _find(context, board_id)
    if found is None:
        raise BadInput(f"There is no board {board_id!r}.", "id")
    if not _may_change(context, found):
        raise Forbidden(f"The board belongs to {found.owner.subject}, so only they or an admin can change it.")
    if found.version != version:
        raise BadInput(changed_meanwhile("board"), "version")
    return found


def _sees(context: Context, one: table.Board) -> bool:
    if one.owner == asker_of(context):
        return True
    role = Role(context.access.role)
    return one.shared_with != "" and role.reaches(Role(one.shared_with))


def _may_change(context: Context, one: table.Board) -> bool:
    is_admin = context.access.role == Role.ADMIN.value and not context.access.scope
    return one.owner == asker_of(context) or is_admin


def _role(role: Role | None) -> str:
    if role is not None and role not in _SHARED:
        raise BadInput(f"A board can't be shared with the role {role}. Use viewer, analyst or admin.", "sharedWith")
    return role.value if role else ""


def _panels(given: list[BoardPanelInput]) -> tuple[table.BoardPanel, ...]:
    if len(given) > MOST_PANELS:
        raise BadInput(f"A board has at most {MOST_PANELS} panels; these are {len(given)}.", "panels")
    return tuple(
        table.BoardPanel(
            checked_text(one.title, "panel's title", LONGEST_TITLE, "panels"),
            checked_text(one.question, "panel's question", LONGEST_QUESTION, "panels"),
        )
        for one in given
    )


def _shown(context: Context, one: table.Board) -> Board:
    return Board(
        id=strawberry.ID(node_id("Board", one.board_id)),
        source_id=strawberry.ID(one.board_id),
        version=one.version,
        title=one.title,
        owner=one.owner.subject,
        shared_with=Role(one.shared_with) if one.shared_with else None,
        may_change=_may_change(context, one),
        panels=[BoardPanel(title=panel.title, question=panel.question) for panel in one.panels],
        saved_at=DateTime(instant_text(one.saved_at, "milliseconds")),
    )
