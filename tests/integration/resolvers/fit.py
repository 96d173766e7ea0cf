"""Completion done again: an answer held against the schema's types, cell by cell."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
)

WHOLE = 2**53
# RFC 3339 as all doors write it: an upper-case T, an offset, and Z for that of UTC.
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3}|\.\d{6})?(Z|[+-](?!00:00)\d{2}:\d{2})")
JSON_KINDS: Mapping[str, Any] = {
    "Int": lambda value: type(value) is int and -(2**31) <= value < 2**31,
    "Long": lambda value: type(value) is int and abs(value) <= WHOLE,
    "Float": lambda value: type(value) in (int, float),
    "Boolean": lambda value: type(value) is bool,
    "String": lambda value: type(value) is str,
    "ID": lambda value: type(value) is str,
    "Date": lambda value: type(value) is str and len(value) == 10,
    "DateTime": lambda value: type(value) is str and is_instant(value),
}


def is_instant(text: str) -> bool:
    """Whether a text is an instant in the one form that answers have."""
    return _INSTANT.fullmatch(text) is not None and datetime.fromisoformat(text).tzinfo is not None


class Fit:
    """One document held against its answer; misfits are sentences with the place of the cell."""

    def __init__(self, schema: GraphQLSchema, document: str) -> None:
        self.schema = schema
        definitions = parse(document).definitions
        self.fragments = {one.name.value: one for one in definitions if isinstance(one, FragmentDefinitionNode)}
        (self.operation,) = [one for one in definitions if isinstance(one, OperationDefinitionNode)]

    def misfits(self, data: Any) -> list[str]:
        """What is wrong with the data of an answer."""
        root = self.schema.query_type
        assert root is not None
        return list(self._object(root, [self.operation.selection_set], data, ""))

    def _fields(self, sets: list[SelectionSetNode]) -> Iterator[FieldNode]:
        for one in (selection for found in sets for selection in found.selections):
            if isinstance(one, FieldNode):
                yield one
            elif isinstance(one, InlineFragmentNode):
                yield from self._fields([one.selection_set])
            elif isinstance(one, FragmentSpreadNode):
                yield from self._fields([self.fragments[one.name.value].selection_set])

    def _object(self, kind: GraphQLObjectType, sets: list[SelectionSetNode], value: Any, at: str) -> Iterator[str]:
        if type(value) is not dict:
            yield f"{at} is {value!r}, no object"
            return
        asked: dict[str, list[FieldNode]] = {}
        for node in self._fields(sets):
            asked.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
        if list(asked) != list(value):
            yield f"{at} has {list(value)}, asked was {list(asked)}"
            return
        for key, nodes in asked.items():
            if nodes[0].name.value == "__typename":
                if value[key] != kind.name:
                    yield f"{at}.{key} is {value[key]!r}, no {kind.name}"
            else:
                below = [node.selection_set for node in nodes if node.selection_set]
                field = kind.fields[nodes[0].name.value]
                if value[key] is None and _is_null_with_errors_only(field):
                    yield f"{at}.{key} is null without an error"
                else:
                    yield from self._value(field.type, below, value[key], f"{at}.{key}")

    def _value(self, kind: GraphQLOutputType, sets: list[SelectionSetNode], value: Any, at: str) -> Iterator[str]:
        if isinstance(kind, GraphQLNonNull):
            if value is None:
                yield f"{at} is null, but {kind}"
            else:
                yield from self._value(kind.of_type, sets, value, at)
        elif value is None:
            return
        elif isinstance(kind, GraphQLList):
            yield from self._list(kind, sets, value, at)
        elif isinstance(kind, GraphQLObjectType):
            yield from self._object(kind, sets, value, at)
        elif isinstance(kind, GraphQLEnumType):
            if value not in kind.values:
                yield f"{at} is {value!r}, none of {kind}"
        elif isinstance(kind, GraphQLScalarType) and not JSON_KINDS[kind.name](value):
            yield f"{at} is {value!r}, no {kind}"

    def _list(self, kind: GraphQLList[Any], sets: list[SelectionSetNode], value: Any, at: str) -> Iterator[str]:
        if type(value) is not list:
            yield f"{at} is {value!r}, no list"
            return
        for index, one in enumerate(value):
            yield from self._value(kind.of_type, sets, one, f"{at}[{index}]")


def _is_null_with_errors_only(field: GraphQLField) -> bool:
    directives = (field.ast_node and field.ast_node.directives) or ()
    return any(one.name.value == "semanticNonNull" for one in directives)
