"""Published operations: all of them, and publishing further ones. Whoever runs one is asked as for any document."""

from typing import Annotated

import strawberry
from graphql import GraphQLError, GraphQLSchema, OperationDefinitionNode

from resolvers.context import Context, context_of
from resolvers.documents import document_of, mistakes_in
from resolvers.operation_publisher_interface import OperationPublisher, Published
from resolvers.saved_items import asker_of, moment_text
from resolvers.strawberry_internals import raw
from resolvers.user_errors import done_or_refused
from schema.chosen_operation import operations_of
from schema.node_ids import node_id
from schema.payloads import PublishOperationPayload, UnpublishOperationPayload
from schema.published_operations import (
    LONGEST_NAME,
    PublishedOperation,
    PublishOperationInput,
    UnpublishOperationInput,
)
from warehouse.audit.record import current
from warehouse.errors import BadInput, Forbidden, Unavailable

Given = Annotated[PublishOperationInput, strawberry.argument(description="The operation to publish.")]
Named = Annotated[UnpublishOperationInput, strawberry.argument(description="The operation to unpublish.")]


async def published_operations(info: strawberry.Info) -> list[PublishedOperation]:
    """All published operations: those that Marquee brings, then those that admins published, each by name."""
    found = _publisher(context_of(info)).published.values()
    return [_shown(one) for one in sorted(found, key=lambda one: (one.saved is not None, one.name))]


async def publish_operation(info: strawberry.Info, input: Given) -> PublishOperationPayload:
    """Publish an operation: whoever has a token then runs it by name or `documentId`, with their own role's masks and
    refusals. For admins without a row scope. A name that is taken is refused: clients may use that operation.
    """
    context = context_of(info)
    made, errors = await done_or_refused(context, _publish(context, raw(info).schema, input.document))
    return PublishOperationPayload(operation=_shown(made) if made else None, user_errors=errors)


async def unpublish_operation(info: strawberry.Info, input: Named) -> UnpublishOperationPayload:
    """Unpublish an operation that an admin published: neither its name nor its `documentId` runs any more. For admins
    without a row scope.
    """
    context = context_of(info)
    name, errors = await done_or_refused(context, _unpublish(context, input.name))
    gone = strawberry.ID(node_id("PublishedOperation", name)) if name else None
    return UnpublishOperationPayload(deleted_id=gone, user_errors=errors)


async def _publish(context: Context, schema: GraphQLSchema, document: str) -> Published:
    _check_may_publish(context)
    publisher, owner = _publisher(context), asker_of(context)
    name = _checked_name(schema, document)
    made = await context.once(lambda: publisher.publish(name, document, owner))
    _note(f"published {name}")
    return made


async def _unpublish(context: Context, name: str) -> str:
    _check_may_publish(context)
    publisher = _publisher(context)
    await context.once(lambda: publisher.unpublish(name))
    _note(f"unpublished {name}")
    return name


def _check_may_publish(context: Context) -> None:
    if context.access.scope:
        raise Forbidden("Your own token has a scope, so it can't change what everybody runs.")


def _checked_name(schema: GraphQLSchema, document: str) -> str:
    """The name of the document's one operation.

    Raises: BadInput with its mistakes, or for a document that can't be published.
    """
    try:
        parsed = document_of(document)
    except GraphQLError as error:
        raise BadInput(_said(error), "document") from error
    operations = operations_of(parsed)
    if len(operations) != 1:
        raise BadInput(f"The document has {len(operations)} operations. Publish each by itself.", "document")
    mistakes = mistakes_in(schema, document)
    if mistakes:
        raise BadInput("\n".join(map(_said, mistakes)), "document")
    return _name_of(operations[0])


def _name_of(operation: OperationDefinitionNode) -> str:
    name = operation.name.value if operation.name else ""
    if not name:
        raise BadInput("The operation has no name. Write one: query TopDramas { ... }", "document")
    if len(name) > LONGEST_NAME:
        raise BadInput(f"The name has {len(name)} characters; allowed are {LONGEST_NAME}.", "document")
    return name


def _said(error: GraphQLError) -> str:
    """A mistake, and where it is."""
    places = error.locations
    return f"{error.message} (line {places[0].line}, column {places[0].column})" if places else error.message


def _shown(one: Published) -> PublishedOperation:
    saved = one.saved
    return PublishedOperation(
        id=strawberry.ID(node_id("PublishedOperation", one.name)),
        source_id=strawberry.ID(one.name),
        name=one.name,
        document=one.document,
        document_id=one.document_id,
        description=one.description,
        is_built_in=saved is None,
        owner=saved.owner.subject if saved else None,
        published_at=moment_text(saved.published_at) if saved else None,
    )


def _publisher(context: Context) -> OperationPublisher:
    if context.publisher is None:
        raise Unavailable("Only the server publishes operations.")
    return context.publisher


def _note(detail: str) -> None:
    """Add the operation to the open audit record, if there is one."""
    record = current()
    if record is not None:
        record.note(detail)
