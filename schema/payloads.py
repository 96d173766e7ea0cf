"""Inputs and payloads of mutations: one input each; a payload has what was made, or what is wrong with the input."""

from typing import Any

import strawberry
from strawberry.scalars import JSON

from schema.pipeline import PipelineRun, PipelineStepInput
from schema.tokens import DEFAULT_TTL, EmbedToken, RevokedToken, RowScope


@strawberry.type(description="What is wrong with an input; nothing was changed.")
class UserError:
    """Refusals of roles and limits are errors of the request instead."""

    message: str = strawberry.field(description="What is wrong, and what to do about it.")
    field: list[str] | None = strawberry.field(
        description='Where in the arguments: `["input", "ttl"]`; null if it is no single one.'
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


@strawberry.type(description="The token that was made.")
class CreateEmbedTokenPayload:
    """Of `createEmbedToken`."""

    embed_token: EmbedToken | None = strawberry.field(description="The token; null if the input was refused.")
    user_errors: list[UserError] = _user_errors()


@strawberry.input(one_of=True, description="The token to revoke.")
class RevokeTokenInput:
    """Of `revokeToken`."""

    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="The token's id.")
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

    id: strawberry.ID = strawberry.field(description="The run's id.")


@strawberry.type(description="The run that was cancelled.")
class CancelPipelinePayload:
    """Of `cancelPipeline`."""

    run: PipelineRun | None = strawberry.field(description="The run; null if there is none of this id.")
    user_errors: list[UserError] = _user_errors()
