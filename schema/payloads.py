"""Inputs and payloads of mutations: one input each; a payload has what was made, or what is wrong with the input."""

from typing import Any

import strawberry
from strawberry.scalars import JSON

from schema.alerts import Alert
from schema.boards import Board
from schema.pipeline import PipelineRun, PipelineStepInput
from schema.published_operations import PublishedOperation
from schema.reports import Report
from schema.roles import Role
from schema.tokens import DEFAULT_TTL, EmbedToken, NewToken, RevokedToken, RowScope, SignInLink


@strawberry.type(description="What is wrong with an input; nothing was changed.")
class UserError:
    """Refusals of roles and limits are errors of the request instead."""

    message: str = strawberry.field(description="What is wrong, and what to do about it.")
    field: list[str] | None = strawberry.field(
        description='Where in the arguments: `["input", "ttl"]`; null if it is not one place.'
    )


def _user_errors() -> Any:
    return strawberry.field(description="What is wrong with the input; empty if it was done.")


@strawberry.input(description="An embed token to make.")
class CreateEmbedTokenInput:
    """Of `createEmbedToken`."""

    operations: list[str] = strawberry.field(description="The published operations that it runs.")
    variables: JSON | None = strawberry.field(default=None, description="Variables that it fixes.")
    scope: RowScope | None = strawberry.field(default=None, description="The rows it may see, within your own.")
    origin: str | None = strawberry.field(default=None, description="The origin of pages that may frame it.")
    ttl: str | None = strawberry.field(default=DEFAULT_TTL, description="How long it lasts: `90s`, `30m`, `1h`, `7d`.")
    reusable: bool = strawberry.field(
        default=False,
        description="Whether it opens frames until it expires, for pages that are the same for every visitor; "
        "otherwise each of its operations once.",
    )


@strawberry.type(description="The token that was made.")
class CreateEmbedTokenPayload:
    """Of `createEmbedToken`."""

    embed_token: EmbedToken | None = strawberry.field(description="The token; null if the input was refused.")
    user_errors: list[UserError] = _user_errors()


@strawberry.input(one_of=True, description="The token to revoke.")
class RevokeTokenInput:
    """Of `revokeToken`."""

    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="The token's `id` or `sourceId`.")
    token: str | None = strawberry.field(default=strawberry.UNSET, description="The token itself.")


@strawberry.type(description="The token that was revoked.")
class RevokeTokenPayload:
    """Of `revokeToken`."""

    revoked_token: RevokedToken | None = strawberry.field(description="The token; null if the input was refused.")
    user_errors: list[UserError] = _user_errors()


@strawberry.input(description="A run to start.")
class RunPipelineInput:
    """Of `runPipeline`."""

    steps: list[PipelineStepInput] = strawberry.field(description="The steps, in order.")


@strawberry.type(description="The run that was started.")
class RunPipelinePayload:
    """Of `runPipeline`."""

    run: PipelineRun | None = strawberry.field(description="The run; null if the input was refused.")
    user_errors: list[UserError] = _user_errors()


@strawberry.input(description="A run to cancel.")
class CancelPipelineInput:
    """Of `cancelPipeline`."""

    id: strawberry.ID = strawberry.field(description="The run's `id` or `sourceId`.")


@strawberry.type(description="The run that was cancelled.")
class CancelPipelinePayload:
    """Of `cancelPipeline`."""

    run: PipelineRun | None = strawberry.field(description="The run; null if there is none of this id.")
    user_errors: list[UserError] = _user_errors()


@strawberry.input(description="Whom a new token stands for, and what it may see.")
class CreateTokenInput:
    """`ttl` is a time such as `90s`, `30m`, `8h` or `7d`."""

    role: Role = strawberry.field(description="Its role; not `embed`.")
    subject: str = strawberry.field(description="Whom it identifies in the audit log.")
    scope: RowScope | None = strawberry.field(default=None, description="The rows it may see, within your own.")
    ttl: str = strawberry.field(default="8h", description="How long it lasts: `90s`, `30m`, `8h`, `7d`.")


@strawberry.input(description="Whom a link signs in, what they may see, and for how long.")
class CreateSignInLinkInput:
    """Both times are such as `90s`, `30m`, `8h` or `7d`; `within` is at most 7 days."""

    role: Role = strawberry.field(description="viewer, analyst or admin.")
    subject: str = strawberry.field(description="Whom it identifies in the audit log.")
    scope: RowScope | None = strawberry.field(default=None, description="The rows they may see, within your own.")
    ttl: str = strawberry.field(default="8h", description="How long they stay signed in.")
    within: str = strawberry.field(default="1h", description="How long the link can be used; at most `7d`.")


@strawberry.type(description="The token that was made.")
class CreateTokenPayload:
    """Of `createToken`."""

    token: NewToken | None = strawberry.field(description="The token; null if the input was refused.")
    user_errors: list[UserError] = _user_errors()


@strawberry.type(description="The link that was made.")
class CreateSignInLinkPayload:
    """Of `createSignInLink`."""

    sign_in_link: SignInLink | None = strawberry.field(description="The link; null if the input was refused.")
    user_errors: list[UserError] = _user_errors()


@strawberry.type(description="The board as it was saved.")
class SaveBoardPayload:
    """Of `saveBoard`."""

    board: Board | None = strawberry.field(description="The new version; null if the input was refused.")
    user_errors: list[UserError] = _user_errors()


@strawberry.type(description="The board that was deleted.")
class DeleteBoardPayload:
    """Of `deleteBoard`."""

    deleted_id: strawberry.ID | None = strawberry.field(description="Its `id`; null if the input was refused.")
    user_errors: list[UserError] = _user_errors()


@strawberry.type(description="The alert as it was saved.")
class SaveAlertPayload:
    """Of `saveAlert`."""

    alert: Alert | None = strawberry.field(description="The new version; null if the input was refused.")
    user_errors: list[UserError] = _user_errors()


@strawberry.type(description="The alert that was deleted.")
class DeleteAlertPayload:
    """Of `deleteAlert`."""

    deleted_id: strawberry.ID | None = strawberry.field(description="Its `id`; null if the input was refused.")
    user_errors: list[UserError] = _user_errors()


@strawberry.type(description="The alert that was acknowledged.")
class AcknowledgeAlertPayload:
    """Of `acknowledgeAlert`."""

    alert: Alert | None = strawberry.field(description="The alert; null if the input was refused.")
    user_errors: list[UserError] = _user_errors()


@strawberry.type(description="The alert that was silenced, or is no longer.")
class SilenceAlertPayload:
    """Of `silenceAlert`."""

    alert: Alert | None = strawberry.field(description="The alert; null if the input was refused.")
    user_errors: list[UserError] = _user_errors()


@strawberry.type(description="The scheduled report as it was saved.")
class SaveReportPayload:
    """Of `saveReport`."""

    report: Report | None = strawberry.field(description="The new version; null if the input was refused.")
    user_errors: list[UserError] = _user_errors()


@strawberry.type(description="The scheduled report that was deleted.")
class DeleteReportPayload:
    """Of `deleteReport`."""

    deleted_id: strawberry.ID | None = strawberry.field(description="Its `id`; null if the input was refused.")
    user_errors: list[UserError] = _user_errors()


@strawberry.type(description="The operation that was published.")
class PublishOperationPayload:
    """Of `publishOperation`."""

    operation: PublishedOperation | None = strawberry.field(description="It; null if the input was refused.")
    user_errors: list[UserError] = _user_errors()


@strawberry.type(description="The operation that was unpublished.")
class UnpublishOperationPayload:
    """Of `unpublishOperation`."""

    deleted_id: strawberry.ID | None = strawberry.field(description="Its `id`; null if the input was refused.")
    user_errors: list[UserError] = _user_errors()
