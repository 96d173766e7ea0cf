"""An answer as a table where its document is not known: its rows and columns are told from the data itself.

Columns have the order in which the document selects them. A column that is null in all rows holds texts.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from server.export.table import ROWS, Column, Shape
from warehouse.errors import BadInput

_EDGES, _NODE = "edges", "node"


def inferred_shape(data: Mapping[str, Any]) -> Shape:
    """The shape of an answer's data, as `shape_of` has it of a document.

    Raises: BadInput for several root fields, or several lists of rows.
    """
    if len(data) != 1:
        raise BadInput("A document with several root fields can't be a table. Take JSON: --format json")
    ((name, value),) = data.items()
    path: tuple[str, ...] = (name,)
    if isinstance(value, dict):
        lists = [key for key, below in value.items() if key in ROWS and isinstance(below, list)]
        if len(lists) > 1:
            raise BadInput(f"The answer has several lists: {', '.join(lists)}. Take JSON: --format json")
        if lists:
            path, value = (name, lists[0]), value[lists[0]]
    is_list = isinstance(value, list)
    rows = [one for one in (value if is_list else [value]) if isinstance(one, dict)]
    # The row of an edge is its node.
    if path[-1] == _EDGES:
        nodes = [one[_NODE] for one in rows if isinstance(one.get(_NODE), dict)]
        columns = _columns(nodes, (_NODE,), above=1)
    else:
        columns = _columns(rows, (), above=0)
    return Shape(path, tuple(columns), is_list=is_list)


def _columns(rows: Sequence[Mapping[str, Any]], path: tuple[str, ...], above: int) -> Iterator[Column]:
    """The columns of rows that are at a path; their names leave out what is `above`."""
    names = dict.fromkeys(key for row in rows for key in row)
    for name in names:
        if name == "__typename" or (name == "id" and "sourceId" in names):
            continue
        values = [row[name] for row in rows if row.get(name) is not None]
        below = [one for one in values if isinstance(one, dict)]
        if below:
            yield from _columns(below, (*path, name), above)
        else:
            joins = any(isinstance(one, list) for one in values)
            yield Column(".".join((*path, name)[above:]), (*path, name), _kind(values), name, joins=joins)


def _kind(values: Sequence[Any]) -> pa.DataType:
    kinds = {type(one) for one in values}
    if kinds == {bool}:
        return pa.bool_()
    if kinds == {int}:
        return pa.int64()
    return pa.float64() if kinds and kinds <= {int, float} else pa.string()
