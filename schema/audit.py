"""The audit log: who asked or changed what and when, and the outcome."""

import strawberry

import schema.enums  # noqa: F401 - declares the enums below to GraphQL
from schema.nodes import Node
from schema.roles import Role
from schema.scalars import DateTime, Long
from warehouse.audit.record import AuditKind, AuditOutcome


@strawberry.type(description="One operation, refusal, load or action. Values sent by clients are not recorded.")
class AuditRecord(Node):
    """Grain: one record; records never change."""

    source_id: strawberry.ID = strawberry.field(description="A UUIDv7, made when the record began.")
    at: DateTime = strawberry.field(description="When it began, UTC, to the millisecond.")
    kind: AuditKind = strawberry.field(description="The kind of record.")
    subject: str | None = strawberry.field(description="The token's subject; null without a valid token.")
    role: Role | None = strawberry.field(description="The token's role; null without a valid token.")
    issuer: str | None = strawberry.field(description="The token's issuer.")
    token_id: str | None = strawberry.field(description="The token's id (`jti`), never the token itself.")
    scope: list[str] = strawberry.field(description="The token's row scope, one value per entry: `country=US`.")
    operation: str | None = strawberry.field(
        description="The name of the operation or command, or the root fields of an unnamed operation."
    )
    fields: list[str] = strawberry.field(description="The root fields of the document.")
    document_hash: str | None = strawberry.field(description="SHA-256 of the document's text, in hex.")
    unmasked: list[str] = strawberry.field(
        description="Columns masked for other roles that were read in clear, to show, filter, sort or group by: "
        "`users.email`."
    )
    rows: Long = strawberry.field(description="Rows returned or loaded.")
    outcome: AuditOutcome = strawberry.field(description="How it ended.")
    detail: str | None = strawberry.field(
        description="The load, migration or token it created; of a slow operation its cost and what it was read from."
    )
    duration_ms: float = strawberry.field(description="How long it took, in milliseconds.")
    address: str = strawberry.field(description="The network address it came from, or `local` for a command.")
