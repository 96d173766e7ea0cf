"""Who asks, and what they may see."""

import strawberry

import schema.enums  # noqa: F401 - declares the enums below to GraphQL
from schema.policy import Role
from warehouse.access import Strategy


@strawberry.type(description="A field that is masked for you.")
class FieldMask:
    """Named as in this schema."""

    type: str
    field: str
    strategy: Strategy


@strawberry.type(description="You, as your token says.")
class Viewer:
    """Lets a client mark what is masked."""

    subject: str
    role: Role
    masks: list[FieldMask]
