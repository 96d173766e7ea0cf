"""Published operations: those that Marquee brings, and those that admins published."""

import strawberry

from schema.nodes import OWN_ID, Node
from schema.scalars import DateTime

LONGEST_NAME = 100


@strawberry.type(description="An operation that runs by its name or its document's id.")
class PublishedOperation(Node):
    """Grain: one operation, as it is published now."""

    source_id: strawberry.ID = strawberry.field(description=f"{OWN_ID} It is the name.")
    name: str = strawberry.field(description="Its name: `/api/{name}` and `marquee query {name}` run it.")
    document: str = strawberry.field(description="Its GraphQL document, as it was sent.")
    document_id: str = strawberry.field(
        description="What clients may send as `documentId` instead of the document: `sha256:` and its hash."
    )
    description: str = strawberry.field(description="What the comments before it say of it; empty without any.")
    is_built_in: bool = strawberry.field(description="Whether Marquee brings it, so that it can't be unpublished.")
    owner: str | None = strawberry.field(description="The subject who published it; null for a built-in one.")
    published_at: DateTime | None = strawberry.field(description="When it was published; null for a built-in one.")


@strawberry.input(description="An operation to publish.")
class PublishOperationInput:
    """Of `publishOperation`."""

    document: str = strawberry.field(
        description="A document with exactly one operation, whose name it is published under. Comments before it are "
        "its description."
    )


@strawberry.input(description="An operation to unpublish.")
class UnpublishOperationInput:
    """Of `unpublishOperation`."""

    name: str = strawberry.field(description="Its name.")
