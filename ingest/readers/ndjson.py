"""NDJSON files: one JSON object a line. Arrow parses a block of lines at once; a block that it can't take is read line
by line, with the same result and the number of the line that is wrong.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as arrow_json

from ingest.kinds.ids import EXACT_FLOATS
from ingest.problems import FileRefused, Problem, Reason
from ingest.readers.rows import RawRows, Rows, Wanted, json_object
from ingest.readers.source import Source

BLOCK_BYTES = 4 << 20
LONGEST_LINE_BYTES = 64 << 20
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
BIGGEST_INT = 2**63 - 1
SAMPLED_LINES = 64


@contextmanager
def open_ndjson(source: Source, wanted: Wanted) -> Iterator[Rows]:
    """The rows of an NDJSON file, numbered by line; blank lines are passed over.

    Raises: FileRefused, also while the rows are read.
    """
    head = source.head().removeprefix(BYTE_ORDER_MARK).lstrip()
    if not head:
        raise FileRefused(source.name, "it is empty, expected one JSON object a line")
    if head.startswith(b"["):
        raise FileRefused(source.name, "it is one JSON array, expected one JSON object a line")
    with source.stream() as stream:
        yield Rows(None, _batches(source, stream, wanted))


def _batches(source: Source, stream: pa.NativeFile, wanted: Wanted) -> Iterator[RawRows]:
    line = 1
    for block in _blocks(source, stream):
        yield _by_arrow(block, line, wanted) or _by_line(block, line, wanted)
        line += block.count(b"\n")


def _blocks(source: Source, stream: pa.NativeFile) -> Iterator[bytes]:
    """The file's bytes in blocks of whole lines."""
    kept = b""
    while True:
        try:
            read = bytes(stream.read(BLOCK_BYTES))
        except OSError as error:
            raise source.cut_off(error) from error
        source.note_position()
        if not read:
            break
        lines, newline, rest = read.rpartition(b"\n")
        if not newline:
            kept += read
            if len(kept) > LONGEST_LINE_BYTES:
                raise FileRefused(source.name, f"a line is longer than {LONGEST_LINE_BYTES >> 20} MiB")
            continue
        yield kept + lines + newline
        kept = rest
    if kept.strip():
        yield kept


def _by_arrow(block: bytes, line: int, wanted: Wanted) -> RawRows | None:
    """The block in one go: where every line is one object of wanted columns, each of the type that a sample shows.

    None where any of that does not hold. Types are given to Arrow: its own guesses make times of texts and floats of
    great ids.
    """
    lines = block.count(b"\n") + (not block.endswith(b"\n"))
    schema = _sampled_schema(block, wanted)
    if schema is None or not _is_utf8(block):
        return None
    options = arrow_json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error")
    try:
        table = arrow_json.read_json(
            pa.BufferReader(block), arrow_json.ReadOptions(block_size=len(block) + 1), parse_options=options
        )
    except pa.ArrowInvalid:
        return None
    if table.num_rows != lines or any(_is_inexact(column) for column in table.columns):
        return None
    columns = {name: table[name].combine_chunks() for name in table.column_names}
    return RawRows(columns, np.arange(line, line + lines, dtype=np.int64), "line")


def _sampled_schema(block: bytes, wanted: Wanted) -> pa.Schema | None:
    """The columns of the block's first lines, in one type each; None where a line has others than the wanted ones."""
    types: dict[str, pa.DataType] = {}
    for text in block.split(b"\n", SAMPLED_LINES)[:SAMPLED_LINES]:
        try:
            row = orjson.loads(text.removeprefix(BYTE_ORDER_MARK)) if text else {}
        except orjson.JSONDecodeError:
            return None
        if not isinstance(row, dict) or not row.keys() <= wanted.columns:
            return None
        for name, value in row.items():
            types[name] = _common(types.get(name, pa.null()), _arrow_type(value))
    return pa.schema([(name, pa.string() if pa.types.is_null(kind) else kind) for name, kind in types.items()])


def _common(known: pa.DataType, seen: pa.DataType) -> pa.DataType:
    """One type for both; where there is none the first one stands, and Arrow will refuse the block."""
    if pa.types.is_null(known):
        return seen
    return pa.float64() if {known, seen} == {pa.int64(), pa.float64()} else known


def _arrow_type(value: object) -> pa.DataType:
    match value:
        case bool():
            return pa.bool_()
        case int():
            return pa.int64() if value <= BIGGEST_INT else pa.uint64()
        case float():
            return pa.float64()
        case str():
            return pa.string()
        case list():
            return pa.list_(pa.string())
        case _:
            return pa.null()


def _is_inexact(column: pa.ChunkedArray) -> bool:
    """Whether whole numbers were read as floats that can't hold them."""
    return pa.types.is_floating(column.type) and bool(pc.any(pc.greater_equal(pc.abs(column), EXACT_FLOATS)).as_py())


def _is_utf8(block: bytes) -> bool:
    if block.isascii():
        return True
    try:
        block.decode()
    except UnicodeDecodeError:
        return False
    return True


def _by_line(block: bytes, line: int, wanted: Wanted) -> RawRows:
    rows: list[dict[str, object]] = []
    numbers: list[int] = []
    problems: list[Problem] = []
    for number, text in enumerate(block.removeprefix(BYTE_ORDER_MARK).split(b"\n"), line):
        if not text.strip():
            continue
        try:
            row = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            problems.append(_problem(number, f"it is no JSON: {error.msg}, at character {error.pos + 1:,}"))
            continue
        if not isinstance(row, dict):
            problems.append(_problem(number, f"it is a JSON {type(row).__name__}, expected an object"))
            continue
        rows.append(row)
        numbers.append(number)
    return RawRows(
        columns={name: _column([row.get(name) for row in rows]) for name in wanted.columns},
        numbers=np.asarray(numbers, dtype=np.int64),
        unit="line",
        rest=_rest(rows, wanted) if wanted.rest else None,
        problems=tuple(problems),
    )


def _problem(number: int, sentence: str) -> Problem:
    return Problem("line", number, Reason.BAD_ROW, sentence)


def _column(values: Sequence[object]) -> pa.Array:
    """The values in one Arrow type; where they have several, as texts, which every kind reads."""
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return pa.array([_text(value) for value in values], pa.string())


def _text(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else orjson.dumps(value).decode()


def _rest(rows: Sequence[dict[str, object]], wanted: Wanted) -> pa.StringArray:
    rests = [json_object({name: row[name] for name in row.keys() - wanted.columns}) for row in rows]
    return pa.array(rests, pa.string())
