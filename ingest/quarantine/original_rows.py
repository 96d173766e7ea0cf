"""Quarantined rows as their file had them: a JSON object of texts, by the contract's column names."""

import re
from collections.abc import Mapping, Sequence

import orjson
import pyarrow as pa

from ingest.problems import Problem
from ingest.readers.rows import RawRows
from ingest.rows import attributes
from ingest.rows.arrow_values import values
from ingest.rows.contract import Contract
from ingest.value_kinds.texts import SEPARATOR
from warehouse import ids
from warehouse.loads.rejected_rows import Reject

_MAYBE_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9]+")

# Longer ones are cut in the quarantine.
LONGEST_ORIGINAL = 100_000

Cells = dict[str, str]


def cells_of(raw: RawRows, rows: Sequence[int]) -> list[Cells]:
    """The cells of some of the rows, without empty ones."""
    picked = pa.array(rows, pa.int64())
    columns = {name: found_in(column.take(picked)) for name, column in {**raw.columns, **raw.damaged}.items()}
    rest = [raw.rest[row] if raw.rest else {} for row in rows]
    return [_cells({name: column[row] for name, column in columns.items()}, rest[row]) for row in range(len(rows))]


def found_in(column: pa.Array) -> Sequence[object]:
    """The values of a column as its source had them; bytes stay bytes, because they may not be text."""
    return column.to_pylist() if pa.types.is_binary(column.type) else values(column)


def text_of(cells: Cells) -> str:
    """Cells as they are stored in `rejected_rows.original`."""
    return orjson.dumps(cells, option=orjson.OPT_SORT_KEYS).decode()


def reject_of(problem: Problem, contract: Contract) -> Reject:
    """A row with a problem, as the warehouse quarantines it.

    Rows of forgotten people must not be stored here. If a row's person is unclear, everybody that any part of it may
    name is checked. If ids are hashed, even that is impossible, so none of its text is stored.
    """
    original = problem.original
    explanation = problem.sentence
    if problem.person is not None:
        people = frozenset({problem.person})
    elif contract.person is None:
        people = frozenset()
    elif contract.hashes_ids:
        original, explanation, people = "", "", frozenset()
    else:
        people = _named(original)
    return Reject(problem.number, problem.reason.value, _cut(original), people, explanation)


def shown(value: object) -> str:
    """A value as text, whatever a file has."""
    if isinstance(value, bytes):
        return value.decode(errors="backslashreplace")
    if isinstance(value, list):
        items = [shown(item) for item in value]
        return attributes.text_of(items) if any(SEPARATOR in item for item in items) else SEPARATOR.join(items)
    return str(value)


def _cut(original: str) -> str:
    return original if len(original) <= LONGEST_ORIGINAL else f"{original[:LONGEST_ORIGINAL]}…"


def _cells(row: Mapping[str, object], rest: Mapping[str, object]) -> Cells:
    found = {name: shown(cell) for name, cell in row.items() if cell is not None}
    found |= {name: attributes.text_of(value) for name, value in rest.items() if name not in row and value is not None}
    return {name: text for name, text in found.items() if text}


def _named(text: str) -> frozenset[int]:
    keys = (ids.parse(word if "-" in word else word.lstrip("0") or "0") for word in set(_MAYBE_ID.findall(text)))
    return frozenset(key for key in keys if key is not None)
