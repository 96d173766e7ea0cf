"""What mutations of tokens take and return."""

import strawberry

from schema.scalars import Moment


@strawberry.input(description="Rows that a token may see: those with one of the values, under each name that is given.")
class RowScope:
    """Names are the policy's."""

    country: list[str] | None = None
    genre: list[str] | None = None
    subscription: list[str] | None = None

    def named(self) -> dict[str, tuple[str, ...]]:
        """Values by name, of the names that were given."""
        return {name: tuple(values) for name, values in vars(self).items() if values is not None}


@strawberry.type(description="A new embed token.")
class EmbedToken:
    """Shown once: only who asked for it has it."""

    id: strawberry.ID = strawberry.field(description="By which `revokeToken` ends it.")
    token: str = strawberry.field(description="Goes into the address of the frame: `/embed/{operation}?token=...`.")
    expires_at: Moment


@strawberry.type(description="A token that counts no more.")
class RevokedToken:
    """`until` is when it would have ended."""

    id: strawberry.ID
    until: Moment | None = strawberry.field(description="When it would have ended; null where only its id is known.")
