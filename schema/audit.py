"""The audit log: who asked or changed what, when, and what came of it."""

import strawberry

import schema.enums  # noqa: F401 - declares the enums below to GraphQL
from schema.roles import Role
from schema.scalars import Long
from warehouse.audit.record import AuditKind


@strawberry.type(description="One operation, refusal, load or action. Values that people sent are not recorded.")
class AuditRecord:
    """Grain: one record; nothing changes it."""

    id: strawberry.ID = strawberry.field(description="A UUIDv7.")
    at: str = strawberry.field(description="When it began, ISO 8601, UTC, to the millisecond.")
    kind: AuditKind
    subject: str | None = strawberry.field(description="Whom the token stands for; null where none was proven.")
    role: Role | None
    issuer: str | None = strawberry.field(description="Who issued the token.")
    token_id: str | None = strawberry.field(description="The token's id (`jti`); never the token.")
    scope: list[str] = strawberry.field(description="The token's row scope, `country=US`, one value each.")
    operation: str | None = strawberry.field(
        description="The operation's name, the command's, or the root fields where the operation has no name."
    )
    fields: list[str] = strawberry.field(description="The root fields that the document asks for, whatever its name.")
    document_hash: str | None = strawberry.field(description="SHA-256 of the document's text, in hex.")
    unmasked: list[str] = strawberry.field(
        description="Columns that the policy masks for others and that were read as they are, to be shown, filtered, "
        "sorted or grouped by: `users.email`."
    )
    rows: Long = strawberry.field(description="Rows answered, or loaded.")
    outcome: str = strawberry.field(
        description="`OK`, an error's code, `FAILED` for a command that ended so, `INTERRUPTED`, or `LOST`."
    )
    detail: str | None = strawberry.field(description="Which load, migration or token it made.")
    duration_ms: float
    address: str = strawberry.field(description="The network address it came from, or `local` for a command.")
