"""NDJSON read line by line: any mixture of types, and the number of each line that is wrong."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import orjson
import pyarrow as pa

from ingest.problems import Problem, Reason
from ingest.readable_names import shown
from ingest.readers.input_file import BYTE_ORDER_MARK
from ingest.readers.rows import RawRows, Wanted
from ingest.rows.arrow_values import Digits
from ingest.rows.attributes import too_deep
from ingest.value_kinds.texts import LONGEST_LIST, SEPARATOR
from ingest.value_kinds.value_kind import Mask

Row = dict[str, object]
# From here on a float may stand for a whole number with more digits than it can hold.
BIGGEST = 2.0**63
LONGEST_INT = 20
# As many as an object has names, and those within texts.
_NAME_END = re.compile(rb'"\s*:')


def read_lines(block: bytes, line: int, wanted: Wanted) -> RawRows:
    """The rows of a block whose first line has the number `line`; blank lines are passed over."""
    rows: list[Row] = []
    rests: list[Mapping[str, object]] = []
    numbers: list[int] = []
    named: set[str] = set()
    problems: list[Problem] = []
    for number, raw in enumerate(block.split(b"\n"), line):
        # Where files were joined, the mark at the beginning of one stands within.
        text = raw.removeprefix(BYTE_ORDER_MARK)
        if not text.strip():
            continue
        row = _row(text, number, wanted)
        if isinstance(row, Problem):
            problems.append(row)
        else:
            named |= row.keys()
            # What is not wanted may be large.
            rows.append({name: row[name] for name in row.keys() & wanted.columns})
            rests.append(_rest(row, text, wanted) if wanted.rest else {})
            numbers.append(number)
    return RawRows(
        columns={name: _column([row.get(name) for row in rows], name in wanted.lists) for name in wanted.columns},
        numbers=np.asarray(numbers, dtype=np.int64),
        unit="line",
        rest=rests if any(rests) else None,
        problems=tuple(problems),
        named=frozenset(named),
        gaps={name: _gaps(rows, name) for name in wanted.columns} if wanted.gaps else {},
    )


def _row(text: bytes, number: int, wanted: Wanted) -> Row | Problem:
    try:
        row = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        sentence = f"it is not valid JSON: {error.msg}, at character {error.pos + 1:,}"
        return Problem("line", number, Reason.BAD_ROW, sentence, text.decode(errors="backslashreplace"))
    if not isinstance(row, dict):
        sentence = f"it is a JSON {type(row).__name__}, expected an object"
        return Problem("line", number, Reason.BAD_ROW, sentence, text.decode(errors="backslashreplace"))
    # Before paths are written as names.
    repeated = _repeated(text, row)
    for path in wanted.paths:
        if path not in row and (found := _at(row, path)) is not None:
            row[path] = found
    for name in row.keys() & wanted.columns:
        if not _is_cell(row[name], name in wanted.lists):
            sentence = f"{name} is {_start(row[name])}, expected a text or a number"
            return Problem("line", number, Reason.BAD_VALUE, sentence, text.decode(errors="backslashreplace"))
    wrong = (too_deep(_beyond(row, wanted)) if wanted.rest else None) or repeated
    if wrong:
        return Problem("line", number, Reason.BAD_VALUE, wrong, text.decode(errors="backslashreplace"))
    return row


def _repeated(text: bytes, row: Row) -> str | None:
    """What is wrong with an object that has a name twice, at any depth: only the last value was read."""
    ends = len(_NAME_END.findall(text))
    # What holds no names within needs no walk, however deep it is.
    if ends <= len(row) or ends <= _count_names(row):
        return None
    repeated: list[str] = []

    def note(pairs: list[tuple[str, object]]) -> None:
        counts = Counter(name for name, _ in pairs)
        repeated.extend(name for name, count in counts.items() if count > 1)

    try:
        json.loads(text, object_pairs_hook=note, parse_int=str, parse_float=str)
    except RecursionError:
        # What is nested so deep is not kept, but what stands beside it is.
        return "it is nested too deep to be searched for names that come more than once"
    return f"it has {shown(repeated[0])} more than once" if repeated else None


def _count_names(row: Row) -> int:
    """The names at any depth: JSON may be nested deeper than calls may be."""
    names = len(row)
    pending: list[dict[str, object] | list[object]] = [row]
    while pending:
        found = pending.pop()
        for value in found.values() if isinstance(found, dict) else found:
            if isinstance(value, dict):
                names += len(value)
            if isinstance(value, dict | list):
                pending.append(value)
    return names


def _at(row: Row, path: str) -> object:
    """The value of objects within objects that a path names; None if there is none."""
    found: object = row
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _is_cell(value: object, takes_lists: bool) -> bool:
    """Whether a column can hold a value: a list only of texts and where lists are allowed; an object or a boolean
    never."""
    if isinstance(value, list):
        return takes_lists and all(isinstance(item, str) for item in value)
    return value is None or (isinstance(value, str | int | float) and not isinstance(value, bool))


def _start(value: object) -> str:
    try:
        return orjson.dumps(value).decode()[:60]
    except orjson.JSONEncodeError:
        return f"a {type(value).__name__} that is nested very deep"


def _column(values: Sequence[object], takes_lists: bool) -> pa.Array:
    """The values in one Arrow type. Mixed types become texts, which every kind reads, or lists of texts."""
    if takes_lists and any(isinstance(value, list) for value in values):
        return pa.array([_list(value) for value in values], pa.list_(pa.string()))
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return pa.array([_text(value) for value in values], pa.string())


def _list(value: object) -> list[str] | None:
    """A value split as its kind would do it, so that lists in the same column stay unchanged. One that is too long for
    any list is one item, which is too long, too.
    """
    if isinstance(value, list):
        return value
    text = _text(value)
    if text is None:
        return None
    return [text] if len(text) > LONGEST_LIST else text.split(SEPARATOR)


def _text(value: object) -> str | None:
    """A value as Arrow would write it, so that its neighbours' types do not matter."""
    match value:
        case None | str():
            return value
        case int():
            return str(value)
        case _:
            return str(pa.scalar(value).cast(pa.string()).as_py())


def _gaps(rows: Sequence[Row], name: str) -> Mask:
    return np.fromiter((name not in row for row in rows), dtype=np.bool_, count=len(rows))


def _beyond(row: Row, wanted: Wanted) -> Row:
    return {name: value for name, value in row.items() if name not in wanted.columns | wanted.left_out}


def _rest(row: Row, text: bytes, wanted: Wanted) -> Row:
    """A row's values beyond the wanted columns; whole numbers keep all their digits."""
    rest = _beyond(row, wanted)
    return _beyond(json.loads(text, parse_int=_whole), wanted) if _may_lack_digits(rest) else rest


def _may_lack_digits(value: object) -> bool:
    if isinstance(value, float):
        return abs(value) >= BIGGEST
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(map(_may_lack_digits, inner))


def _whole(digits: str) -> int | Digits:
    number = int(digits) if len(digits) <= LONGEST_INT else None
    return Digits(digits) if number is None or not -(2**63) <= number < 2**64 else number
