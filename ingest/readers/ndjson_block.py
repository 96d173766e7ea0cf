"""A block of NDJSON lines parsed by Arrow in one go, if all lines have the same types."""

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as arrow_json

from ingest.readers.rows import RawRows, Wanted
from ingest.readers.utf8 import is_utf8
from ingest.value_kinds.ids import EXACT_FLOATS

BIGGEST_INT = 2**63 - 1
SAMPLED_LINES = 64


def read_block(block: bytes, line: int, wanted: Wanted) -> RawRows | None:
    """The rows of a block whose first line has the number `line`.

    None where not every line is one object of wanted columns, each of the type that a sample shows, and where gaps
    matter and there may be some. Types are given to
    Arrow: its own guesses make times of texts and floats of great ids.
    """
    lines = block.count(b"\n") + (not block.endswith(b"\n"))
    schema = _sampled_schema(block, wanted)
    if schema is None or not is_utf8(block):
        return None
    options = arrow_json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error")
    try:
        table = arrow_json.read_json(
            pa.BufferReader(block), arrow_json.ReadOptions(block_size=len(block) + 1), parse_options=options
        )
    except pa.ArrowInvalid:
        return None
    if wanted.gaps and any(column.null_count for column in table.columns):
        return None  # Arrow does not tell null from nothing
    if table.num_rows != lines or any(_is_inexact(column) for column in table.columns):
        return None
    columns = {name: table[name].combine_chunks() for name in table.column_names}
    numbers = np.arange(line, line + lines, dtype=np.int64)
    return RawRows(columns, numbers, "line", named=frozenset(columns))


def _sampled_schema(block: bytes, wanted: Wanted) -> pa.Schema | None:
    """The columns of the block's first lines, in one type each; None where a line holds anything else."""
    types: dict[str, pa.DataType] = {}
    met: set[tuple[str, type]] = set()
    for text in block.split(b"\n", SAMPLED_LINES)[:SAMPLED_LINES]:
        try:
            row = orjson.loads(text) if text else {}
        except orjson.JSONDecodeError:
            return None
        if not isinstance(row, dict) or not row.keys() <= wanted.columns:
            return None
        for name, value in row.items():
            # Skip types that the column had before, which most values have.
            if (name, type(value)) in met and not (type(value) is int and value > BIGGEST_INT):
                continue
            met.add((name, type(value)))
            seen = _arrow_type(value)
            if seen is None:
                return None
            types[name] = _common(types.get(name, pa.null()), seen)
    return pa.schema([(name, pa.string() if pa.types.is_null(kind) else kind) for name, kind in types.items()])


def _common(known: pa.DataType, seen: pa.DataType) -> pa.DataType:
    """A common type of both. If there is none, the first: Arrow will refuse the block."""
    if pa.types.is_null(known):
        return seen
    return pa.float64() if {known, seen} == {pa.int64(), pa.float64()} else known


def _arrow_type(value: object) -> pa.DataType | None:
    match value:
        case None:
            return pa.null()
        case bool():
            return None
        case int():
            return pa.int64() if value <= BIGGEST_INT else pa.uint64()
        case float():
            return pa.float64()
        case str():
            return pa.string()
        case _:
            return None


def _is_inexact(column: pa.ChunkedArray) -> bool:
    """Whether whole numbers were read as floats that can't hold them."""
    return pa.types.is_floating(column.type) and bool(pc.any(pc.greater_equal(pc.abs(column), EXACT_FLOATS)).as_py())
