"""A field's selection with fragments, aliases, variables, @skip and @include resolved."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from graphql import FieldNode, GraphQLField, GraphQLObjectType, GraphQLResolveInfo, Undefined, get_named_type
from graphql.execution.collect_fields import FieldDetails, FragmentDetails, collect_subfields
from graphql.execution.values import VariableValues, get_argument_values
from strawberry.utils.str_converters import to_snake_case

TYPENAME = "__typename"


@dataclass(frozen=True)
class Selected:
    """One selected field: `key` is its name in the response, `name` its own name in snake case.

    `children` are its subfields, merged over all its occurrences.
    """

    key: str
    name: str
    type_name: str
    arguments: dict[str, Any]
    children: tuple["Selected", ...]

    def child(self, name: str) -> "Selected | None":
        """The first child with a name, or None."""
        return next((child for child in self.children if child.name == name), None)

    def within(self, name: str) -> "tuple[Selected, ...]":
        """The subfields of all children with a name; may be empty."""
        return tuple(grandchild for child in self.children if child.name == name for grandchild in child.children)


def selection_of(info: GraphQLResolveInfo[Any], type_name: str | None = None) -> Selected:
    """The selection of the field being resolved; of an interface what is selected of one type."""
    # Strawberry passes the coerced values without graphql-core's container.
    coerced: Any = info.variable_values
    variables = VariableValues(sources={}, coerced=coerced)
    fragments = {name: FragmentDetails(definition) for name, definition in info.fragments.items()}
    named = info.schema.type_map[type_name] if type_name else get_named_type(info.return_type)
    assert isinstance(named, GraphQLObjectType)
    children = tuple(_children(info, named, info.field_nodes, fragments, variables))
    arguments = _arguments(info.parent_type.fields[info.field_name], info.field_nodes[0], variables)
    return Selected(str(info.path.key), to_snake_case(info.field_name), info.parent_type.name, arguments, children)


def _children(
    info: GraphQLResolveInfo[Any],
    parent: GraphQLObjectType,
    nodes: Iterable[FieldNode],
    fragments: dict[str, FragmentDetails],
    variables: VariableValues,
) -> Iterator[Selected]:
    details = [FieldDetails(node, None) for node in nodes if node.selection_set]
    collected = collect_subfields(info.schema, fragments, variables, info.operation, parent, details)
    for key, found in collected.grouped_field_set.items():
        node = found[0].node
        name = node.name.value
        if name == TYPENAME:
            yield Selected(key, TYPENAME, parent.name, {}, ())
            continue
        field = parent.fields[name]
        named = get_named_type(field.type)
        below: tuple[Selected, ...] = ()
        if isinstance(named, GraphQLObjectType):
            below = tuple(_children(info, named, [each.node for each in found], fragments, variables))
        yield Selected(key, to_snake_case(name), parent.name, _arguments(field, node, variables), below)


def _arguments(field: GraphQLField, node: FieldNode, variables: VariableValues) -> dict[str, Any]:
    """A field's arguments by name; null is the default, so that both are the same question."""
    given = get_argument_values(field, node, variables)
    defaults = {one.out_name or name: one.default_value for name, one in field.args.items()}
    return {
        name: defaults.get(name) if value is None and defaults.get(name) is not Undefined else value
        for name, value in given.items()
    }
