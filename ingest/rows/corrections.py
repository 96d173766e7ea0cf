"""Cells of a file that a person corrected before its rows are loaded: texts in the place of what the file has."""

from collections.abc import Mapping
from dataclasses import replace

import pyarrow as pa

from ingest.readers.rows import RawRows
from ingest.rows.arrow_types import is_list
from ingest.value_kinds.texts import SEPARATOR

Corrections = Mapping[int, Mapping[str, str]]
"""Row's number in the file → the file's column → the cell's text; an empty one is an empty cell."""


def columns_of(corrections: Corrections) -> frozenset[str]:
    """The columns in which cells are corrected."""
    return frozenset(name for cells in corrections.values() for name in cells)


def corrected(raw: RawRows, corrections: Corrections) -> RawRows:
    """The rows of a text file, under its own names, with their corrections. A column that is not read stays unread."""
    at = {place: corrections[number] for place, number in enumerate(raw.numbers.tolist()) if number in corrections}
    if not at:
        return raw
    columns, gaps = dict(raw.columns), dict(raw.gaps)
    for name in columns_of(dict(at)) & columns.keys():
        texts = {place: cells[name] for place, cells in at.items() if name in cells}
        columns[name] = _with_texts(columns[name], texts)
        if name in gaps:
            gaps[name] = gaps[name].copy()
            gaps[name][list(texts)] = False
    return replace(raw, columns=columns, gaps=gaps)


def _with_texts(column: pa.Array, texts: Mapping[int, str]) -> pa.Array:
    """A column with some of its cells replaced; numbers of NDJSON become the texts that a CSV file has for them."""
    keeps_type = pa.types.is_binary(column.type) or is_list(column.type)
    made = column if keeps_type else column.cast(pa.string())
    cells = made.to_pylist()
    for place, text in texts.items():
        cells[place] = _cell(text, made.type)
    return pa.array(cells, made.type)


def _cell(text: str, kind: pa.DataType) -> str | bytes | list[str] | None:
    if not text:
        return None
    if is_list(kind):
        return text.split(SEPARATOR)
    return text.encode() if pa.types.is_binary(kind) else text
