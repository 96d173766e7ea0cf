"""Parses and validates each document once; repeated text is a cache hit.

Cached results depend only on the text and the schema. Whatever depends on the asker (reading the schema, the chosen
operation, the cost) is checked each time.
"""

import threading
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from cachetools import LRUCache
from graphql import DocumentNode, GraphQLError, GraphQLSchema, GraphQLSyntaxError, specified_rules, validate
from strawberry.extensions import SchemaExtension
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from schema.limits.document import read_document
from schema.limits.rules import BOUNDS
from warehouse.errors import BadInput

T = TypeVar("T")
# The rules that Strawberry validates with.
_RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
# An error may quote the whole document, so only the first few are reported.
_MOST_MISTAKES = 5
# Of the texts of all cached documents: the parsed form is about a hundred times the size of its text.
MOST_KEPT_CHARACTERS = 262_144
# Longer documents are refused for their length.
_LONGEST_KEPT = BOUNDS.characters
# graphql-core puts it before the description of each syntax error.
_SYNTAX_PREFIX = "Syntax Error: "
# What a short document weighs too.
_LEAST_WEIGHT = 256


def document_of(text: str) -> DocumentNode:
    """Parse a document within the bounds for all documents.

    Raises: GraphQLError, a new one each time; it wraps BadInput if a bound is exceeded.
    """
    found = _READ.get(text, lambda: _read(text))
    if isinstance(found, DocumentNode):
        return found
    if isinstance(found, GraphQLSyntaxError) and found.source and found.positions:
        raise GraphQLSyntaxError(found.source, next(iter(found.positions)), found.message.removeprefix(_SYNTAX_PREFIX))
    raise GraphQLError(
        found.message, source=found.source, positions=found.positions, original_error=found.original_error
    )


def is_cached(text: str) -> bool:
    """Whether a document was parsed, or refused, and is remembered."""
    return _READ.has(text)


def mistakes_in(schema: GraphQLSchema, text: str) -> list[GraphQLError]:
    """GraphQL's validation errors for a document that `document_of` can parse."""
    return list(_MISTAKES.get(text, lambda: _mistakes(schema, text), schema))


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
    _READ.clear()
    _MISTAKES.clear()


def _read(text: str) -> DocumentNode | GraphQLError:
    try:
        return read_document(text)
    except BadInput as error:
        return GraphQLError(str(error), original_error=error)
    except GraphQLError as error:
        return error.with_traceback(None)


def _mistakes(schema: GraphQLSchema, text: str) -> tuple[GraphQLError, ...]:
    return tuple(validate(schema, document_of(text), _RULES, max_errors=_MOST_MISTAKES))


class _Kept(Generic[T]):
    """What was found out about documents, for the most recent ones, by the weight of their texts."""

    def __init__(self) -> None:
        self._found: LRUCache[tuple[object, str], tuple[int, T]] = LRUCache(MOST_KEPT_CHARACTERS, lambda kept: kept[0])
        self._changing = threading.Lock()

    @property
    def weight(self) -> int:
        """The characters of all texts."""
        return int(self._found.currsize)

    def get(self, text: str, find_out: Callable[[], T], schema: object = None) -> T:
        """What is known of a text, or is found out now."""
        if len(text) > _LONGEST_KEPT:
            return find_out()
        with self._changing:
            known = self._found.get((schema, text))
        if known is None:
            known = max(len(text), _LEAST_WEIGHT), find_out()
            with self._changing:
                self._found[schema, text] = known
        return known[1]

    def has(self, text: str) -> bool:
        """Whether something is known of a text."""
        with self._changing:
            return (None, text) in self._found

    def clear(self) -> None:
        """Forget all."""
        with self._changing:
            self._found.clear()


_READ: _Kept[DocumentNode | GraphQLError] = _Kept()
_MISTAKES: _Kept[tuple[GraphQLError, ...]] = _Kept()


def kept_weight() -> int:
    """The characters of the documents that are cached."""
    return max(_READ.weight, _MISTAKES.weight)
