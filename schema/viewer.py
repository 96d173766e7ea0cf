"""Who asks, and what they may see."""

import strawberry

import schema.enums  # noqa: F401 - declares the enums below to GraphQL
from schema.roles import Role
from warehouse.access import Strategy


@strawberry.type(description="A field that is masked for you.")
class FieldMask:
    """Named as in this schema."""

    type: str
    field: str
    strategy: Strategy


@strawberry.type(description="What your rows are limited to.")
class ScopeLimit:
    """Rows with one of the values, no others."""

    name: str = strawberry.field(description="`country`, `genre` or `subscription`.")
    values: list[str]


@strawberry.type(description="You, as your token says and the policy reads it.")
class Viewer:
    """Lets a client show what can be asked, and mark what is masked."""

    subject: str
    role: Role
    permissions: list[str] = strawberry.field(description="Root fields that you may ask, queries and mutations.")
    masks: list[FieldMask]
    scope: list[ScopeLimit] = strawberry.field(description="What all your answers are limited to; empty: nothing.")
    attributes: list[str] = strawberry.field(description="Paths of `attribute` that you may read; `*`: all.")
