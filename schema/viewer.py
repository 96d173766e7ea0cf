"""Who asks, and what they may see."""

import strawberry

from schema.enums import MaskStrategy, RoleName


@strawberry.type(description="A field that is masked for you.")
class FieldMask:
    """Named as in this schema."""

    type: str
    field: str
    strategy: MaskStrategy


@strawberry.type(description="You, as your token says.")
class Viewer:
    """Lets a client mark what is masked."""

    subject: str
    role: RoleName
    masks: list[FieldMask]
