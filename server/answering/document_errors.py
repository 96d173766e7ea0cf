"""Errors of a document: what kind they are, which argument or variable is wrong, and where it stands.

The kinds have the codes that other GraphQL servers use, so clients' own handlers know them: a document that can't be
parsed, one that the schema doesn't allow, and a value that an argument can't have (`BAD_INPUT`).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    ArgumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSyntaxError,
    Node,
    ObjectFieldNode,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
    get_location,
)

from resolvers.documents import document_of
from server.answering.errors import cause_of, error_of

SYNTAX = "GRAPHQL_PARSE_FAILED"
VALIDATION = "GRAPHQL_VALIDATION_FAILED"


def document_error(error: GraphQLError, document: str, ran: bool) -> dict[str, Any]:
    """An error with its code, locations and extensions; `ran` is false for what was found before execution."""
    shown, node = error_of(error), error.nodes[0] if error.nodes else None
    extensions = shown["extensions"]
    argument = _argument(error, node, document)
    if argument is not None:
        extensions["argument"] = argument.name.value
    elif isinstance(cause_of(error), GraphQLError):
        extensions |= _kind(error, node, ran)
    places = _places(error, argument if isinstance(node, FieldNode) else None)
    return {**shown, "locations": places} if places else shown


def _kind(error: GraphQLError, node: Node | None, ran: bool) -> Mapping[str, str]:
    """The code of an error of GraphQL itself, and the variable if its value is wrong."""
    if isinstance(error, GraphQLSyntaxError):
        return {"code": SYNTAX}
    if not ran:
        return {"code": VALIDATION}
    return {"variable": node.variable.name.value} if isinstance(node, VariableDefinitionNode) else {}


def _places(error: GraphQLError, argument: ArgumentNode | None) -> list[dict[str, int]]:
    """Where an error stands: at the value of the wrong argument, if the document writes it."""
    places = error.locations or []
    if argument is not None and argument.value.loc is not None:
        places = [get_location(argument.value.loc.source, argument.value.loc.start)]
    return [{"line": place.line, "column": place.column} for place in places]


def _argument(error: GraphQLError, node: Node | None, document: str) -> ArgumentNode | None:
    """The argument with the wrong value: what the error names, or what holds the value that it is about."""
    if isinstance(node, FieldNode):
        named = getattr(cause_of(error), "argument", None)
        return next((one for one in node.arguments or () if one.name.value == named), None)
    is_value = isinstance(node, ValueNode | ObjectFieldNode) and not isinstance(node, VariableNode)
    if not is_value or node is None or node.loc is None:
        return None
    start = node.loc.start
    holding = (one for one in _arguments(document_of(document)) if one.loc and one.loc.start <= start < one.loc.end)
    return next(holding, None)


def _arguments(document: Node) -> Iterator[ArgumentNode]:
    """All arguments of fields and directives in a document."""
    waiting: list[Node] = [document]
    while waiting:
        node = waiting.pop()
        yield from getattr(node, "arguments", None) or ()
        for key in ("definitions", "selections", "directives"):
            waiting.extend(getattr(node, key, None) or ())
        selected = getattr(node, "selection_set", None)
        waiting.extend((selected,) if selected is not None else ())
