"""Checks the fixed variables of an embed token against its operations, so that a bad value fails when the token is
made and not when the panel opens.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    ArgumentNode,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    Node,
    VariableNode,
    parse,
    type_from_ast,
    visit,
)
from graphql.language import Visitor
from graphql.utilities import validate_input_value

from schema.chosen_operation import operation_of
from server.answering.published_operations import Operation
from warehouse.errors import BadInput
from warehouse.model.countries import country_code

_COUNTRY = "country"


def check_fixed(schema: GraphQLSchema, operation: Operation, variables: Mapping[str, Any]) -> None:
    """Check variables against an operation's types, including dates, time zones and countries.

    Raises: BadInput naming the operation and the variable.
    """
    document = parse(operation.document)
    definition = operation_of(document)
    assert definition is not None
    names_countries = _Arguments(_COUNTRY)
    visit(document, names_countries)
    for one in definition.variable_definitions or ():
        name = one.variable.name.value
        if name not in variables:
            continue
        kind: Any = type_from_ast(schema, one.type)
        if kind is None:
            raise BadInput(f"{operation.name} does not fit this server's schema: {name} has a type that it lacks.")
        _check_type(operation, name, variables[name], kind)
        codes = [variables[name]] if name in names_countries.variables else _countries(variables[name], kind)
        for code in codes:
            _check_country(operation, name, code)


class _Arguments(Visitor):
    """Collects the variables that are passed directly to one argument."""

    def __init__(self, argument: str) -> None:
        super().__init__()
        self._argument = argument
        self.variables: set[str] = set()

    def enter_argument(self, node: ArgumentNode, *_: Node) -> None:
        """Visit one argument."""
        if node.name.value == self._argument and isinstance(node.value, VariableNode):
            self.variables.add(node.value.name.value)


def _check_type(operation: Operation, name: str, value: Any, kind: GraphQLInputType) -> None:
    mistakes: list[tuple[GraphQLError, list[str | int]]] = []
    validate_input_value(value, kind, lambda error, path: mistakes.append((error, path)))
    if mistakes:
        error, path = mistakes[0]
        where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
        sentence = f"The variable {name}{where} can't have this fixed value for {operation.name}: {error.message}"
        raise BadInput(sentence, "variables")


def _check_country(operation: Operation, name: str, code: Any) -> None:
    try:
        if code is not None:
            country_code(code)
    except BadInput as error:
        sentence = f"The variable {name} can't have this fixed value for {operation.name}: {error}"
        raise BadInput(sentence, "variables") from error


def _countries(value: Any, kind: Any) -> Iterator[str]:
    """The countries in a value of the right type."""
    if isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    if isinstance(kind, GraphQLList):
        for one in value if isinstance(value, list) else [value]:
            yield from _countries(one, kind.of_type)
    elif isinstance(kind, GraphQLInputObjectType) and isinstance(value, Mapping):
        for key, below in value.items():
            if key == _COUNTRY and isinstance(below, Mapping):
                yield from filter(None, [below.get("eq"), *(below.get("in") or ())])
            else:
                yield from _countries(below, kind.fields[key].type)
