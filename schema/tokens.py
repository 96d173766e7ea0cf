"""Input and result types of the token mutations."""

import strawberry

from schema.scalars import DateTime

DEFAULT_TTL = "1h"


@strawberry.input(description="The rows a token may see: for each given name, rows with one of its values.")
class RowScope:
    """The names are those in the policy."""

    country: list[str] | None = strawberry.field(default=None, description="Countries, ISO 3166 alpha-2.")
    genre: list[str] | None = strawberry.field(default=None, description="Genres of films.")
    subscription: list[str] | None = strawberry.field(default=None, description="Plans of users.")

    def named(self) -> dict[str, tuple[str, ...]]:
        """Values by name, for the given names."""
        return {name: tuple(values) for name, values in vars(self).items() if values is not None}


@strawberry.type(description="A new embed token.")
class EmbedToken:
    """The token is shown only once."""

    id: strawberry.ID = strawberry.field(description="The id for `revokeToken`.")
    token: str = strawberry.field(description="Use it in the frame's URL: `/embed/{operation}?token=...`.")
    expires_at: DateTime = strawberry.field(description="When it expires.")


@strawberry.type(description="A revoked token.")
class RevokedToken:
    """`until` is its expiry."""

    id: strawberry.ID = strawberry.field(description="The token's id.")
    until: DateTime | None = strawberry.field(description="When it would have expired; null if only its id is known.")
