"""Types of tokens: what is given to make one, what comes back once, and what the list says."""

from typing import Annotated

import strawberry

from schema.described_enums import described
from schema.nodes import Node
from schema.roles import Role
from schema.scalars import DateTime
from warehouse.issued_tokens import TokenKind

MOST_TOKENS = 500
First = Annotated[int, strawberry.argument(description=f"How many tokens, newest first; at most {MOST_TOKENS}.")]

described(
    "TOKEN is sent with requests, LINK signs in once, SESSION is what signing in by a link or at a provider gave, "
    "EMBED runs named operations in other sites' pages.",
    name="TokenKind",
)(TokenKind)

DEFAULT_TTL = "1h"
TOKEN_ID = "The token's id (`jti`), as the audit log has it. `revokeToken` takes it, or `id`."


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

    id: strawberry.ID = strawberry.field(description="The id, unique among all types.")
    source_id: strawberry.ID = strawberry.field(description=TOKEN_ID)
    token: str = strawberry.field(description="Use it in the frame's URL: `/embed/{operation}?token=...`.")
    expires_at: DateTime = strawberry.field(description="When it expires.")


@strawberry.type(description="A revoked token.")
class RevokedToken:
    """`until` is its expiry."""

    id: strawberry.ID = strawberry.field(description="The id, unique among all types.")
    source_id: strawberry.ID = strawberry.field(description=TOKEN_ID)
    until: DateTime | None = strawberry.field(description="When it would have expired; null if only its id is known.")


@strawberry.type(description="A new token.")
class NewToken:
    """The token is shown only once."""

    id: strawberry.ID = strawberry.field(description="The id, unique among all types.")
    source_id: strawberry.ID = strawberry.field(description=TOKEN_ID)
    token: str = strawberry.field(description="The token: send it as `Authorization: Bearer ...`.")
    expires_at: DateTime = strawberry.field(description="When it expires.")


@strawberry.type(description="A new link that signs in once.")
class SignInLink:
    """The link is shown only once."""

    id: strawberry.ID = strawberry.field(description="The id, unique among all types.")
    source_id: strawberry.ID = strawberry.field(description=TOKEN_ID)
    path: str = strawberry.field(description="What follows the server's address: `/#link=...`.")
    expires_at: DateTime = strawberry.field(description="When it can no longer be used.")


@strawberry.type(description="A token or link that was made and has not expired; never the token itself.")
class IssuedToken(Node):
    """Grain: one token."""

    source_id: strawberry.ID = strawberry.field(description=TOKEN_ID)
    kind: TokenKind = strawberry.field(description="What it is.")
    subject: str = strawberry.field(description="Whom it identifies.")
    role: Role = strawberry.field(description="Its role.")
    scope: list[str] = strawberry.field(description="Its row scope, one value per entry: `country=US`.")
    operations: list[str] = strawberry.field(description="The operations that an embed token runs.")
    issued_by: str = strawberry.field(description="Who made it; of a session the link or provider it came from.")
    issued_at: DateTime = strawberry.field(description="When it was made.")
    expires_at: DateTime = strawberry.field(description="When it expires.")
    is_revoked: bool = strawberry.field(description="Whether it was revoked; a link that was used is.")
