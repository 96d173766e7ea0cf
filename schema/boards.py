"""Boards: saved questions in an order. Each reader asks them anew, with the reader's own token."""

from typing import Annotated

import strawberry

from schema.nodes import OWN_ID, Node
from schema.roles import Role
from schema.scalars import DateTime

MOST_PANELS = 30
LONGEST_TITLE = 120
LONGEST_QUESTION = 2_000

BoardId = Annotated[strawberry.ID, strawberry.argument(description="The board's `id` or `sourceId`.")]


@strawberry.type(description="A saved question.")
class BoardPanel:
    """The question's answer is not kept."""

    title: str = strawberry.field(description="What the panel is called.")
    question: str = strawberry.field(description="The question, as the address of Explore has it.")


@strawberry.type(description="Saved questions in an order. Its answers are those that the reader's token gets.")
class Board(Node):
    """Grain: one board, its newest version."""

    source_id: strawberry.ID = strawberry.field(description=OWN_ID)
    version: int = strawberry.field(description="Which version it is; a change names the one that it is based on.")
    title: str = strawberry.field(description="What it is called.")
    owner: str = strawberry.field(description="The subject who made it.")
    shared_with: Role | None = strawberry.field(description="The lowest role that sees it; null: only its owner does.")
    may_change: bool = strawberry.field(description="Whether you may change it.")
    panels: list[BoardPanel] = strawberry.field(description="The questions, in order.")
    saved_at: DateTime = strawberry.field(description="When it was saved.")


@strawberry.input(description="A question to save.")
class BoardPanelInput:
    """Title and question of one panel."""

    title: str = strawberry.field(description=f"What the panel is called, at most {LONGEST_TITLE} characters.")
    question: str = strawberry.field(
        description="The question, as the address of Explore has it: `measures=views&by=DAY&country=DE`; at most "
        f"{LONGEST_QUESTION:,} characters."
    )


@strawberry.input(description="A board as it should be: a new one, or the next version of one.")
class SaveBoardInput:
    """`id` and `version` go together."""

    title: str = strawberry.field(description=f"What it is called, at most {LONGEST_TITLE} characters.")
    panels: list[BoardPanelInput] = strawberry.field(description=f"The questions, in order; at most {MOST_PANELS}.")
    shared_with: Role | None = strawberry.field(
        default=None, description="The lowest role that sees it: viewer, analyst or admin; null: only you."
    )
    id: strawberry.ID | None = strawberry.field(
        default=None, description="The board to change, by `id` or `sourceId`; null makes a new one."
    )
    version: int | None = strawberry.field(
        default=None, description="The version that the change is based on. A newer one refuses the change."
    )


@strawberry.input(description="A board to delete.")
class DeleteBoardInput:
    """As `SaveBoardInput`."""

    id: strawberry.ID = strawberry.field(description="The board, by `id` or `sourceId`.")
    version: int = strawberry.field(description="The version that you have seen.")
