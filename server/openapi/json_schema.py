"""GraphQL's types as JSON Schema: of variables, and of what a document answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
    is_required_input_field,
)

from schema.chosen_operation import operation_of
from schema.meta_fields import field_of

Json = dict[str, Any]
Fragments = Mapping[str, FragmentDefinitionNode]
_SCALARS: Mapping[str, Json] = {
    "Int": {"type": "integer"},
    "Long": {"type": "integer"},
    "Float": {"type": "number"},
    "Boolean": {"type": "boolean"},
    "Date": {"type": "string", "format": "date"},
    "DateTime": {"type": "string", "format": "date-time"},
    "JSON": {},
}
_TEXT: Json = {"type": "string"}
_TYPENAME = "__typename"


@dataclass
class JsonSchemas:
    """Writes types; inputs and enums go once into `components`, by their names in GraphQL, and are referred to `at`."""

    schema: GraphQLSchema
    at: str = "#/components/schemas/"
    components: dict[str, Json] = field(default_factory=dict)

    def of_input(self, kind: GraphQLInputType) -> Json:
        """The schema of a variable or argument; null is allowed unless its type forbids it."""
        if isinstance(kind, GraphQLNonNull):
            return self._input(kind.of_type)
        return _nullable(self._input(kind))

    def of_answer(self, document: DocumentNode) -> Json:
        """The schema of the `data` of a document with one operation."""
        operation, query = operation_of(document), self.schema.query_type
        assert operation is not None
        assert query is not None
        fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
        return _nullable(self._object(query, [operation.selection_set], fragments))

    def _input(self, kind: GraphQLInputType) -> Json:
        if isinstance(kind, GraphQLList):
            return {"type": "array", "items": self.of_input(kind.of_type)}
        if isinstance(kind, GraphQLInputObjectType):
            return self._named(kind.name, lambda: self._input_object(kind))
        return self._leaf(kind)

    def _input_object(self, kind: GraphQLInputObjectType) -> Json:
        properties = {
            name: {**self.of_input(one.type), **_described(one.description)} for name, one in kind.fields.items()
        }
        required = [name for name, one in kind.fields.items() if is_required_input_field(one)]
        return {
            "type": "object",
            "properties": properties,
            "additionalProperties": False,
            **({"required": required} if required else {}),
            **_described(kind.description),
        }

    def _leaf(self, kind: Any) -> Json:
        if isinstance(kind, GraphQLEnumType):
            values = list(kind.values)
            return self._named(kind.name, lambda: {**_TEXT, "enum": values, **_described(kind.description)})
        assert isinstance(kind, GraphQLScalarType)
        return dict(_SCALARS.get(kind.name, _TEXT))

    def _named(self, name: str, make: Any) -> Json:
        if name not in self.components:
            self.components[name] = {}  # a filter contains itself
            self.components[name] = make()
        return {"$ref": f"{self.at}{name}"}

    def _output(
        self,
        kind: GraphQLOutputType,
        below: list[SelectionSetNode],
        fragments: Fragments,
    ) -> Json:
        if isinstance(kind, GraphQLNonNull):
            return self._present(kind.of_type, below, fragments)
        return _nullable(self._present(kind, below, fragments))

    def _present(self, kind: Any, below: list[SelectionSetNode], fragments: Fragments) -> Json:
        if isinstance(kind, GraphQLList):
            return {"type": "array", "items": self._output(kind.of_type, below, fragments)}
        if isinstance(kind, GraphQLObjectType):
            return self._object(kind, below, fragments)
        if isinstance(kind, GraphQLScalarType | GraphQLEnumType):
            return self._leaf(kind)
        return {"type": "object"}  # an interface or union: its fields depend on what is found

    def _object(self, kind: GraphQLObjectType, below: list[SelectionSetNode], fragments: Fragments) -> Json:
        selected: dict[str, list[FieldNode]] = {}
        for selection in below:
            for node in _fields(selection, fragments):
                selected.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
        properties: dict[str, Json] = {}
        for name, nodes in selected.items():
            declared = field_of(kind, nodes[0].name.value)
            if declared is None:
                properties[name] = dict(_TEXT)  # __typename
                continue
            inner = [node.selection_set for node in nodes if node.selection_set]
            properties[name] = {
                **self._output(declared.type, inner, fragments),
                **_described(declared.description),
            }
        return {"type": "object", "properties": properties, "required": list(properties)}


def _fields(selection: SelectionSetNode, fragments: Fragments) -> Iterator[FieldNode]:
    for node in selection.selections:
        match node:
            case FieldNode():
                yield node
            case InlineFragmentNode():
                yield from _fields(node.selection_set, fragments)
            case FragmentSpreadNode():
                yield from _fields(fragments[node.name.value].selection_set, fragments)


def _nullable(found: Json) -> Json:
    if not found:
        return found
    if "$ref" in found:
        return {"anyOf": [found, {"type": "null"}]}
    return {**found, "type": [found["type"], "null"]}


def _described(text: str | None) -> Json:
    return {"description": text} if text else {}
