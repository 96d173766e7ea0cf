"""From the columns as a file has them to rows of the warehouse: what can be read, and what is wrong with the rest."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ingest.contract import Column, Contract
from ingest.kinds.kind import Mask, nothing, nulls
from ingest.kinds.plain import plain
from ingest.problems import Problem, Reason
from ingest.readers.rows import RawRows

SHOWN_CHARACTERS = 60


@dataclass(frozen=True, slots=True, eq=False)
class Validated:
    """The good rows, in the file's order and the shape of `INCOMING`, and one problem for each of the others."""

    batch: pa.RecordBatch
    problems: list[Problem]


def validate(contract: Contract, raw: RawRows) -> Validated:
    """Reads each column by its kind; a row with several faults is reported by its first column that has one."""
    columns: list[pa.Array] = []
    problems = list(raw.problems)
    bad = nothing(len(raw))
    for column in contract.columns:
        found = raw.columns.get(column.name)
        if found is None:
            found = pa.nulls(len(raw))
        values, missing, unreadable = _read(column, found)
        faulty = (missing | unreadable) & ~bad
        problems.extend(
            _problem(column, found, raw, row, bool(missing[row])) for row in np.flatnonzero(faulty).tolist()
        )
        bad |= faulty
        columns.append(values.cast(contract.schema.field(column.target).type))
    if contract.keeps_rest:
        columns.append(pa.nulls(len(raw), pa.string()) if raw.rest is None else raw.rest)
    return Validated(_good_rows(contract.schema, columns, bad), problems)


def _read(column: Column, found: pa.Array) -> tuple[pa.Array, Mask, Mask]:
    """The values, where a required one is missing, and where there is one that can't be read."""
    text = plain(found)
    if pa.types.is_null(text.values.type):
        values, unreadable = text.values, text.bad
    else:
        read = column.kind.read(text.values)
        values, unreadable = read.values, read.bad | text.bad
    missing = nulls(text.values) & ~text.bad if column.required else nothing(len(found))
    return values, missing, unreadable


def _problem(column: Column, found: pa.Array, raw: RawRows, row: int, missing: bool) -> Problem:
    state = "missing" if missing else _shown(found[row])
    reason = Reason.MISSING_VALUE if missing else Reason.BAD_VALUE
    sentence = f"{column.name} is {state}, expected {column.kind.expected}"
    return Problem(raw.unit, int(raw.numbers[row]), reason, sentence)


def _shown(value: pa.Scalar) -> str:
    """A value as a person would recognise it, cut where it is long."""
    plain_value = value.as_py()
    if isinstance(plain_value, bytes):
        plain_value = plain_value.decode(errors="backslashreplace")
    text = repr(plain_value) if isinstance(plain_value, str) else str(plain_value)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def _good_rows(schema: pa.Schema, columns: list[pa.Array], bad: Mask) -> pa.RecordBatch:
    if bad.any():
        good = pa.array(~bad)
        columns = [column.filter(good) for column in columns]
    return pa.record_batch(columns, schema=schema)
