"""The age of jobs' results in files: three columns at the end of each row."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pyarrow as pa

from server.export.table import INSTANT, Column, Shape

_COLUMNS = tuple(
    Column(name, (name,), kind, name)
    for name, kind in (("computedAt", INSTANT), ("dataThrough", INSTANT), ("isStale", pa.bool_()))
)


def dated(shape: Shape, body: Mapping[str, Any]) -> tuple[Shape, Any]:
    """An answer's shape and data with the age of the result that each row is of; as they are without a job's result.

    body: a response. Rows of several jobs' results are told apart by their `job`.
    """
    results = body.get("extensions", {}).get("marquee", {}).get("results", ())
    if not results:
        return shape, body["data"]
    ages = {result["job"]: {column.name: result[column.name] for column in _COLUMNS} for result in results}
    only = next(iter(ages.values())) if len(ages) == 1 else dict.fromkeys(next(iter(ages.values())))
    rows = [{**row, **ages.get(str(row.get("job")).lower(), only)} for row in shape.rows(body["data"])]
    data: Any = rows if shape.is_list else (rows[0] if rows else None)
    for key in reversed(shape.path):
        data = {key: data}
    return replace(shape, columns=(*shape.columns, *_COLUMNS)), data
