"""The asker, and what they may see."""

from typing import Any

import strawberry

from schema.cache_id import cache_id
from schema.enums import ScopeName
from schema.roles import Role
from warehouse.access import Strategy


@strawberry.type(description="A field that is masked for you.")
class FieldMask:
    """Names are those in this schema."""

    type: str = strawberry.field(description="The type's name.")
    field: str = strawberry.field(description="The field's name.")
    strategy: Strategy = strawberry.field(description="How it is masked.")


@strawberry.type(description="One limit of your row scope.")
class ScopeLimit:
    """Only rows with one of the values are visible."""

    name: Any = strawberry.field(graphql_type=ScopeName, description="What it limits.")
    values: list[str] = strawberry.field(description="The values you may see.")


@strawberry.type(description="You: your identity from the token, and your rights from the policy.")
class Viewer:
    """Lets a client show what can be queried, and mark what is masked."""

    id: strawberry.ID = cache_id()
    subject: str = strawberry.field(description="The token's subject.")
    role: Role = strawberry.field(description="The token's role.")
    permissions: list[str] = strawberry.field(description="The root fields you may use, queries and mutations.")
    masks: list[FieldMask] = strawberry.field(description="The fields that are masked for you.")
    scope: list[ScopeLimit] = strawberry.field(description="The limits of all your answers; empty for none.")
    attributes: list[str] = strawberry.field(description="The paths of `attribute` you may read; `*` for all.")
