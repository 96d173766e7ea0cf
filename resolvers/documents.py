"""Parses and validates each document once; repeated text is a cache hit.

Cached results depend only on the text and the schema. Whatever depends on the asker (reading the schema, the chosen
operation, the cost) is checked each time.
"""

from collections.abc import Iterator
from functools import lru_cache

from graphql import DocumentNode, GraphQLError, GraphQLSchema, specified_rules, validate
from strawberry.extensions import SchemaExtension
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from schema.limits.document import read_document
from warehouse.errors import BadInput

# The rules that Strawberry validates with.
_RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
# An error may quote the whole document, so only the first few are reported.
_MOST_MISTAKES = 5
_KEPT = 256
# Longer documents are not cached: the parsed form is about a hundred times the size of the text.
_LONGEST_KEPT = 8_192


def document_of(text: str) -> DocumentNode:
    """Parse a document within the bounds for all documents.

    Raises: GraphQLError, a new one each time; it wraps BadInput if a bound is exceeded.
    """
    found = _kept(text) if len(text) <= _LONGEST_KEPT else _read(text)
    if isinstance(found, DocumentNode):
        return found
    raise GraphQLError(
        found.message, source=found.source, positions=found.positions, original_error=found.original_error
    )


def mistakes_in(schema: GraphQLSchema, text: str) -> list[GraphQLError]:
    """GraphQL's validation errors for a document that `document_of` can parse."""
    return list(_kept_mistakes(schema, text) if len(text) <= _LONGEST_KEPT else _mistakes(schema, text))


class ParsedDocuments(SchemaExtension):
    """Parses and validates for Strawberry. It must be the last extension, because earlier ones may refuse."""

    def on_parse(self) -> Iterator[None]:
        """Parse the document."""
        self.execution_context.graphql_document = document_of(self.execution_context.query or "")
        yield

    def on_validate(self) -> Iterator[None]:
        """Validate, unless an earlier extension has refused."""
        execution = self.execution_context
        if execution.pre_execution_errors is None:
            execution.pre_execution_errors = mistakes_in(execution.schema._schema, execution.query or "")
        yield


def forget() -> None:
    """Clear the caches, for benchmarks."""
    _kept.cache_clear()
    _kept_mistakes.cache_clear()


def _read(text: str) -> DocumentNode | GraphQLError:
    try:
        return read_document(text)
    except BadInput as error:
        return GraphQLError(str(error), original_error=error)
    except GraphQLError as error:
        return error.with_traceback(None)


def _mistakes(schema: GraphQLSchema, text: str) -> tuple[GraphQLError, ...]:
    return tuple(validate(schema, document_of(text), _RULES, max_errors=_MOST_MISTAKES))


_kept = lru_cache(_KEPT)(_read)
_kept_mistakes = lru_cache(_KEPT)(_mistakes)
