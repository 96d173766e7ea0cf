"""Runs GraphQL documents: what came of each, with errors in place of what failed."""

import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any

import orjson
from graphql import GraphQLError, OperationType
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType as Kind

from resolvers.context import Context
from resolvers.documents import document_of
from resolvers.root import Schema
from schema.chosen_operation import operation_of
from server.answering.document_errors import document_error
from server.answering.errors import cause_of, error_of
from warehouse.errors import BadInput, MarqueeError

_SUGGESTION = re.compile(r" Did you mean .*", re.DOTALL)


@dataclass(frozen=True)
class Executed:
    """A GraphQL response body; `ran` is false if the document was refused before execution.

    For the audit log, of fresh and cached answers alike: `operation` and `fields` are the document's name and root
    fields, `unmasked` the masked columns that this asker read in clear. `retry_after_s` says when to
    send a request again that met a busy writer. `refused` is the code of what a mutation told in `userErrors`.
    """

    body: dict[str, Any]
    ran: bool
    operation: str = ""
    fields: tuple[str, ...] = ()
    unmasked: tuple[str, ...] = ()
    retry_after_s: int | None = None
    refused: str = ""

    @cached_property
    def content(self) -> bytes:
        """The body as JSON bytes."""
        return orjson.dumps(self.body)

    @cached_property
    def etag(self) -> str:
        """The content's entity tag: equal content has an equal one."""
        return f'"{blake2b(self.content, digest_size=16).hexdigest()}"'


def subscribes(document: str, operation: str | None) -> bool:
    """Whether a document runs a subscription; False for an invalid document, which execution rejects."""
    return _kind(document, operation) is OperationType.SUBSCRIPTION


def changes(document: str, operation: str | None) -> bool:
    """Whether a document runs a mutation; False for an invalid document."""
    return _kind(document, operation) is OperationType.MUTATION


def _kind(document: str, operation: str | None) -> OperationType | None:
    try:
        found = operation_of(document_of(document), operation)
    except GraphQLError:
        return None
    return found.operation if found is not None else None


async def execute(
    schema: Schema,
    document: str,
    variables: Mapping[str, Any] | None,
    context: Context,
    operation: str | None = None,
    only_queries: bool = False,
) -> Executed:
    """Execute a document. Errors are part of the result; it never raises for them."""
    allowed = {Kind.QUERY} if only_queries else {Kind.QUERY, Kind.MUTATION}
    try:
        result = await schema.execute(
            document,
            variable_values=dict(variables) if variables is not None else None,
            context_value=context,
            operation_name=operation,
            allowed_operation_types=allowed,
        )
        context.check_questions()
    except InvalidOperationTypeError as error:
        kinds = ", ".join(sorted(one.value for one in allowed))
        sentence = f"This request may not contain a {error.operation_type.value}, only: {kinds}."
        return _refused(BadInput(sentence), context)
    except CannotGetOperationTypeError as error:
        named = f" called {error.operation_name}" if error.operation_name else " to run"
        sentence = f"The document has no operation{named}."
        return _refused(BadInput(sentence), context)
    except Exception as error:  # noqa: BLE001 - the outermost handler: anything becomes an error with an id
        return _refused(error, context)
    return _response(result, context, document)


async def stream(
    schema: Schema, document: str, variables: Mapping[str, Any] | None, context: Context, operation: str | None = None
) -> AsyncGenerator[Executed, None]:
    """Run a subscription and yield a body for each event. Errors are part of the bodies."""
    source = await schema.subscribe(
        document,
        variable_values=dict(variables) if variables is not None else None,
        context_value=context,
        operation_name=operation,
    )
    async with aclosing(source) as results:
        async for result in results:
            yield _response(result, context, document)


def _response(result: ExecutionResult, context: Context, document: str) -> Executed:
    ran = result.data is not None or any(error.path for error in result.errors or ())
    unmasked = tuple(sorted(context.access.unmasked))
    body = _body(result, context.access.introspects, document)
    retry_after_s = _retry_after_s(result.errors or ())
    return Executed(body, ran, context.operation, context.fields, unmasked, retry_after_s, context.refused)


def _retry_after_s(errors: Sequence[GraphQLError]) -> int | None:
    """When all that failed may be tried again; None where nothing says so."""
    waits = [one.retry_after_s for one in map(cause_of, errors) if isinstance(one, MarqueeError)]
    return max((one for one in waits if one is not None), default=None)


def _refused(error: Exception, context: Context) -> Executed:
    return Executed({"errors": [error_of(error)]}, False, context.operation, context.fields)


def _body(result: ExecutionResult, suggests: bool, document: str) -> dict[str, Any]:
    body: dict[str, Any] = {}
    ran = not isinstance(result, PreExecutionError)
    if result.errors:
        # Fields fail concurrently. Sorting by place makes the order independent of timing.
        body["errors"] = [_formatted(error, suggests, document, ran) for error in sorted(result.errors, key=_place)]
    if result.data is not None or any(error.path for error in result.errors or ()):
        body["data"] = result.data
    if result.extensions:
        body["extensions"] = result.extensions
    return body


def _place(error: GraphQLError) -> tuple[list[str], list[tuple[int, int]]]:
    return [str(step) for step in error.path or ()], [(one.line, one.column) for one in error.locations or ()]


def _formatted(error: GraphQLError, suggests: bool, document: str, ran: bool) -> dict[str, Any]:
    """The error for the client. Without the right to read the schema, suggestions of names are removed."""
    shown = document_error(error, document, ran)
    if not suggests:
        shown["message"] = _SUGGESTION.sub("", shown["message"])
    if error.path:
        shown["path"] = error.path
    return shown
