"""NDJSON read line by line: any mixture of types, and the number of each line that is wrong."""

from collections.abc import Sequence

import numpy as np
import orjson
import pyarrow as pa

from ingest.kinds.kind import Mask
from ingest.kinds.texts import SEPARATOR
from ingest.problems import Problem, Reason
from ingest.readers.rows import RawRows, Wanted, json_object

Row = dict[str, object]


def read_lines(block: bytes, line: int, wanted: Wanted) -> RawRows:
    """The rows of a block whose first line has the number `line`; blank lines are passed over."""
    rows: list[Row] = []
    numbers: list[int] = []
    problems: list[Problem] = []
    for number, text in enumerate(block.split(b"\n"), line):
        if not text.strip():
            continue
        row = _row(text, number, wanted)
        if isinstance(row, Problem):
            problems.append(row)
        else:
            rows.append(row)
            numbers.append(number)
    return RawRows(
        columns={name: _column([row.get(name) for row in rows]) for name in wanted.columns},
        numbers=np.asarray(numbers, dtype=np.int64),
        unit="line",
        rest=_rest(rows, wanted) if wanted.rest else None,
        problems=tuple(problems),
        named=frozenset().union(*(row.keys() for row in rows)),
        gaps={name: _gaps(rows, name) for name in wanted.columns} if wanted.gaps else {},
    )


def _row(text: bytes, number: int, wanted: Wanted) -> Row | Problem:
    try:
        row = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        sentence = f"it is no JSON: {error.msg}, at character {error.pos + 1:,}"
        return Problem("line", number, Reason.BAD_ROW, sentence, text.decode(errors="backslashreplace"))
    if not isinstance(row, dict):
        sentence = f"it is a JSON {type(row).__name__}, expected an object"
        return Problem("line", number, Reason.BAD_ROW, sentence, text.decode(errors="backslashreplace"))
    for name in row.keys() & wanted.columns:
        if not _is_cell(row[name]):
            value = orjson.dumps(row[name]).decode()[:60]
            sentence = f"{name} is {value}, expected a text or a number"
            return Problem("line", number, Reason.BAD_VALUE, sentence, text.decode(errors="backslashreplace"))
    return row


def _is_cell(value: object) -> bool:
    """Whether a value can stand in a column: a list only of texts, an object or a truth never."""
    if isinstance(value, list):
        return all(isinstance(item, str) for item in value)
    return value is None or (isinstance(value, str | int | float) and not isinstance(value, bool))


def _column(values: Sequence[object]) -> pa.Array:
    """The values in one Arrow type; where they have several, as texts, which every kind reads."""
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return pa.array([_text(value) for value in values], pa.string())


def _text(value: object) -> str | None:
    """A value as Arrow would write it, so that its neighbours' types do not change it."""
    match value:
        case None | str():
            return value
        case list():
            return SEPARATOR.join(value)
        case int():
            return str(value)
        case _:
            return str(pa.scalar(value).cast(pa.string()).as_py())


def _gaps(rows: Sequence[Row], name: str) -> Mask:
    return np.fromiter((name not in row for row in rows), dtype=np.bool_, count=len(rows))


def _rest(rows: Sequence[Row], wanted: Wanted) -> pa.StringArray:
    rests = [json_object({name: row[name] for name in row.keys() - wanted.columns}) for row in rows]
    return pa.array(rests, pa.string())
