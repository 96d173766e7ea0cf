"""Documents, read and validated once: a text that comes again costs a look-up.

What is remembered depends on the text and the schema alone. What depends on the asker (who may read the schema, which
operation is meant, what it may cost) is decided each time.
"""

from collections.abc import Iterator
from functools import lru_cache

from graphql import DocumentNode, GraphQLError, GraphQLSchema, specified_rules, validate
from strawberry.extensions import SchemaExtension
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from schema.limits.document import read_document
from warehouse.errors import BadInput

# What Strawberry validates by.
_RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
# A mistake may quote the whole document: a person mends a few, and more only cost.
_MOST_MISTAKES = 5
_KEPT = 256
# Longer texts are read anew: what is kept of one is a hundred times as long.
_LONGEST_KEPT = 8_192


def document_of(text: str) -> DocumentNode:
    """The document of a text, within the bounds of every document.

    Raises: GraphQLError, new each time, of BadInput where a bound is broken.
    """
    found = _kept(text) if len(text) <= _LONGEST_KEPT else _read(text)
    if isinstance(found, DocumentNode):
        return found
    raise GraphQLError(
        found.message, source=found.source, positions=found.positions, original_error=found.original_error
    )


def mistakes_in(schema: GraphQLSchema, text: str) -> list[GraphQLError]:
    """What GraphQL's validation says of a document that `document_of` reads."""
    return list(_kept_mistakes(schema, text) if len(text) <= _LONGEST_KEPT else _mistakes(schema, text))


class ParsedDocuments(SchemaExtension):
    """Reads and validates for Strawberry; it stands last among the extensions, for those before may refuse."""

    def on_parse(self) -> Iterator[None]:
        """Read the document."""
        self.execution_context.graphql_document = document_of(self.execution_context.query or "")
        yield

    def on_validate(self) -> Iterator[None]:
        """Validate what no extension before has refused."""
        execution = self.execution_context
        if execution.pre_execution_errors is None:
            execution.pre_execution_errors = mistakes_in(execution.schema._schema, execution.query or "")
        yield


def forget() -> None:
    """Drop what is remembered, for who measures what it saves."""
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
