"""An answer as one table: a row for each item of its list, a column for each selected field.

Columns come from the document and the schema only, so an empty answer has them too. Ids that are for caches only are no
columns, and neither is a node's id beside the source's own.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import pyarrow as pa
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
    get_named_type,
    is_list_type,
    parse,
)

from schema.cache_id import is_cache_id
from schema.chosen_operation import operation_of
from schema.meta_fields import field_of
from warehouse.errors import BadInput

_ID, _SOURCE_ID = "id", "sourceId"
INSTANT = pa.timestamp("us", tz="UTC")
# Other scalars, ids and enums are text.
_KINDS = {
    "Int": pa.int64(),
    "Long": pa.int64(),
    "Float": pa.float64(),
    "Boolean": pa.bool_(),
    "Date": pa.date32(),
    "DateTime": INSTANT,
}
_SEVERAL = "|"
# Fields of a root field that hold its rows: of a grouping, of a connection.
_PAGES = frozenset({"nodes", "edges"})
ROWS = _PAGES | {"rows"}
# What objects hold below each key; nothing below a leaf.
Keys = Mapping[str, "Keys"]


@dataclass(frozen=True)
class Column:
    """A selected field: its dotted name, its path from a row, its type and its name in the schema; `joins` if it holds
    several values, which are objects if they have `keys`."""

    name: str
    path: tuple[str, ...]
    kind: pa.DataType
    field: str
    joins: bool = False
    keys: Keys = dataclasses.field(default_factory=dict)

    @property
    def is_number(self) -> bool:
        """Whether the column holds numbers."""
        return self.kind in (pa.int64(), pa.float64())

    def value(self, row: Any) -> Any:
        """The field's value in a row; None if a parent object is null."""
        for key in self.path:
            if row is None:
                return None
            row = row.get(key)
        if not self.joins or row is None:
            return row
        if all(isinstance(one, str) for one in row):
            return _SEVERAL.join(map(str, row))
        return orjson.dumps(_with_keys(row, self.keys)).decode()


@dataclass(frozen=True)
class Shape:
    """Where a document's rows are in its answer, and their columns. An answer without a list is one row. With
    `is_paged` the list is a connection, and an answer holds one page of it.
    """

    path: tuple[str, ...]
    columns: tuple[Column, ...]
    is_list: bool
    is_paged: bool = False

    def rows(self, data: Any) -> list[Any]:
        """The rows of an answer's data."""
        for key in self.path:
            data = None if data is None else data.get(key)
        return (data or []) if self.is_list else [] if data is None else [data]

    def total(self, data: Any) -> int | None:
        """The row count of the whole paged list; None if the document does not select it."""
        return _connection(self, data).get("totalCount") if self.is_paged else None

    def has_more(self, data: Any) -> bool:
        """Whether more rows follow this page; False if the document does not select it."""
        return self.is_paged and bool((_connection(self, data).get("pageInfo") or {}).get("hasNextPage"))

    def arrow(self, data: Any) -> pa.Table:
        """The table with typed columns: numbers, booleans, dates and instants keep their type,
        everything else is text."""
        rows = self.rows(data)
        arrays = [_array([column.value(row) for row in rows], column.kind) for column in self.columns]
        return pa.table(arrays, names=[column.name for column in self.columns])


def shape_of(schema: GraphQLSchema, document: str) -> Shape:
    """The shape of a valid document's answers: the root field's list, a connection's nodes, a grouping's rows.

    Raises: BadInput for a document with several root fields, or several lists of rows.
    """
    parsed, query = parse(document), schema.query_type
    operation = operation_of(parsed)
    assert operation is not None
    assert query is not None
    reader = _reader(parsed)
    roots = reader.fields(query, operation.selection_set)
    if not roots:
        raise BadInput("The document selects nothing that a table can hold. Take JSON.")
    root = roots[0]
    if len(roots) > 1:
        raise BadInput("A document with several root fields can't be a table. Send one for each, or take JSON.")
    lists = reader.lists(root)
    if len(lists) > 1:
        raise BadInput(f"The answer has several lists: {', '.join(one.path[-1] for one in lists)}. A table takes one.")
    found = lists[0] if lists else root
    shown = reader.node_of(found) or found
    columns = reader.columns(reader.below(shown), len(found.path), len(shown.path))
    return Shape(found.path, tuple(columns), is_list=bool(lists), is_paged=bool(lists) and found.name in _PAGES)


def without_cache_ids(schema: GraphQLSchema, document: str, data: Any) -> Any:
    """A valid document's answer for those who read it: without the ids that no table has."""
    parsed, query = parse(document), schema.query_type
    operation = operation_of(parsed)
    assert operation is not None
    assert query is not None
    reader = _reader(parsed)
    return _with_keys(data, reader.keys(reader.fields(query, operation.selection_set)))


def _reader(document: DocumentNode) -> "_Reader":
    return _Reader({one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)})


@dataclass(frozen=True)
class _Field:
    name: str
    path: tuple[str, ...]
    definition: GraphQLField
    below: Sequence[SelectionSetNode]

    @property
    def kind(self) -> GraphQLOutputType:
        kind: GraphQLOutputType = self.definition.type
        return kind

    @property
    def is_list(self) -> bool:
        kind = self.kind.of_type if isinstance(self.kind, GraphQLNonNull) else self.kind
        return is_list_type(kind)


@dataclass(frozen=True)
class _Reader:
    fragments: Mapping[str, FragmentDefinitionNode]

    def fields(
        self, parent: GraphQLObjectType, *selections: SelectionSetNode, path: tuple[str, ...] = ()
    ) -> list[_Field]:
        """The fields of selections, merged by response name."""
        found: dict[str, list[FieldNode]] = {}
        for selection in selections:
            for node in self._nodes(selection):
                found.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
        fields = []
        for key, nodes in found.items():
            name = nodes[0].name.value
            definition = field_of(parent, name)
            if definition is not None:
                below = [node.selection_set for node in nodes if node.selection_set]
                fields.append(_Field(name, (*path, key), definition, below))
        return fields

    def below(self, field: _Field) -> list[_Field]:
        """The fields that an object field selects."""
        named = get_named_type(field.kind)
        return self.fields(named, *field.below, path=field.path) if isinstance(named, GraphQLObjectType) else []

    def lists(self, root: _Field) -> list[_Field]:
        """The root's own list, or the lists of rows in it."""
        if root.is_list:
            return [root]
        return [field for field in self.below(root) if field.name in ROWS and field.is_list]

    def node_of(self, field: _Field) -> _Field | None:
        """The node field of a connection's edge, which holds the row."""
        nodes = (one for one in self.below(field) if one.name == "node" and field.name == "edges")
        return next(nodes, None)

    def columns(self, fields: Sequence[_Field], row_depth: int, shown_depth: int) -> Iterator[Column]:
        """A column for each leaf field, with its path from the row and its name below `shown_depth`."""
        for one in _shown(fields):
            path, name = one.path[row_depth:], ".".join(one.path[shown_depth:])
            if one.is_list:
                yield Column(name, path, pa.string(), one.name, joins=True, keys=self.keys(self.below(one)))
            elif one.below:
                yield from self.columns(self.below(one), row_depth, shown_depth)
            else:
                yield Column(name, path, _KINDS.get(get_named_type(one.kind).name, pa.string()), one.name)

    def keys(self, fields: Sequence[_Field]) -> Keys:
        """The keys of what is shown, and of what is below them."""
        return {one.path[-1]: self.keys(self.below(one)) for one in _shown(fields)}

    def _nodes(self, selection: SelectionSetNode) -> Iterator[FieldNode]:
        for node in selection.selections:
            match node:
                case FieldNode():
                    yield node
                case InlineFragmentNode():
                    yield from self._nodes(node.selection_set)
                case FragmentSpreadNode():
                    yield from self._nodes(self.fragments[node.name.value].selection_set)


def _shown(fields: Sequence[_Field]) -> list[_Field]:
    """An object's fields but for ids that are for caches, and an id beside the source's."""
    has_source_id = any(one.name == _SOURCE_ID for one in fields)
    return [one for one in fields if one.name != _ID or not (has_source_id or is_cache_id(one.definition))]


def _with_keys(value: Any, keys: Keys) -> Any:
    """Objects with these keys alone; other values, and objects of the source's making, as they are."""
    if isinstance(value, list):
        return [_with_keys(one, keys) for one in value]
    if not keys or not isinstance(value, dict):
        return value
    return {key: _with_keys(below, keys[key]) for key, below in value.items() if key in keys}


def _connection(shape: Shape, data: Any) -> Mapping[str, Any]:
    for key in shape.path[:-1]:
        data = (data or {}).get(key)
    return data or {}


def _array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_date(kind):
        return pa.array(values, pa.string()).cast(kind)
    if pa.types.is_timestamp(kind):
        return pa.array([value and datetime.fromisoformat(value) for value in values], kind)
    return pa.array(values, kind)
