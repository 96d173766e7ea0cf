"""Turn a file's columns into rows of the warehouse, and report what is wrong with the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import compress

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ingest.problems import Problem, Reason
from ingest.quarantine.original_rows import cells_of, found_in, shown, text_of
from ingest.readers.rows import RawRows
from ingest.rows.attributes import attributes
from ingest.rows.contract import Column, Contract
from ingest.value_kinds import Found, Text
from ingest.value_kinds.plain_columns import plain
from ingest.value_kinds.value_kind import Mask, nothing, nulls
from warehouse import ids
from warehouse.tables.incoming_schemas import ABSENT

SHOWN_CHARACTERS = 60


@dataclass(frozen=True, slots=True, eq=False)
class Validated:
    """The good rows, in the file's order and the shape of `INCOMING`, with their `numbers` (rows,) in the file, and one
    problem for each of the others.
    """

    batch: pa.RecordBatch
    numbers: npt.NDArray[np.int64]
    problems: list[Problem]


@dataclass(frozen=True, slots=True, eq=False)
class _Checked:
    """One column: what was found, what it became, and where that is wrong; all of shape (rows,)."""

    column: Column
    found: pa.Array
    values: pa.Array
    missing: Mask
    unreadable: Mask

    @property
    def faulty(self) -> Mask:
        return self.missing | self.unreadable


def validate(contract: Contract, raw: RawRows) -> Validated:
    """Read each column by its kind. A row with several faults is reported for its first faulty column."""
    checked = [_check(column, raw) for column in contract.columns]
    columns = [one.values.cast(contract.schema.field(one.column.target).type) for one in checked]
    unfit: Mapping[int, str] = {}
    if contract.keeps_rest:
        rest = attributes(raw.rest or ({},) * len(raw))
        columns.append(rest.values)
        unfit = rest.unfit
    if contract.keeps_known:
        columns.append(_absent(contract, raw))
    checked.extend(_check_rest(name, found) for name, found in raw.damaged.items())
    bad = np.logical_or.reduce([one.faulty for one in checked])
    bad[list(unfit)] = True
    problems = [*raw.problems, *_problems(contract, raw, checked, bad, unfit)]
    return Validated(_good_rows(contract.schema, columns, bad), raw.numbers[~bad], problems)


def _absent(contract: Contract, raw: RawRows) -> pa.ListArray:
    """The absent columns of each row, by the warehouse's names."""
    optional = [column for column in contract.columns if not column.required]
    gaps = np.stack([raw.lacks(column.name) for column in optional], axis=1).tolist()
    names = [column.target for column in optional]
    return pa.array([list(compress(names, row)) for row in gaps], ABSENT.type)


def _check(column: Column, raw: RawRows) -> _Checked:
    found = raw.columns.get(column.name)
    if found is None:
        found = pa.nulls(len(raw))
    text = plain(found)
    read = Found(text.values, text.bad) if pa.types.is_null(text.values.type) else column.kind.read(text.values)
    missing = nulls(text.values) & ~text.bad if column.required else nothing(len(found))
    return _Checked(column, found, read.values, missing, read.bad | text.bad)


def _check_rest(name: str, found: pa.Array) -> _Checked:
    """The problem of an extra column with texts that are not UTF-8: nothing of a row is dropped silently."""
    text = plain(found)
    return _Checked(Column(name, name, Text()), found, text.values, nothing(len(found)), text.bad)


def _problems(
    contract: Contract, raw: RawRows, checked: list[_Checked], bad: Mask, unfit: Mapping[int, str]
) -> list[Problem]:
    rows = np.flatnonzero(bad).tolist()
    found = []
    for row, cells in zip(rows, cells_of(raw, rows), strict=True):
        first = next((one for one in checked if one.faulty[row]), None)
        who = next((one for one in checked if one.column.name == contract.person and not one.faulty[row]), None)
        person = None if who is None else int.from_bytes(who.values[row].as_py(), "little")
        hashed = _hashed(contract, checked, row) if contract.hashes_ids else {}
        reason = Reason.MISSING_VALUE if first and first.missing[row] else Reason.BAD_VALUE
        sentence = _sentence(first, row) if first else unfit[row]
        number = int(raw.numbers[row])
        column = first.column.name if first else ""
        found.append(Problem(raw.unit, number, reason, sentence, text_of(cells | hashed), person, column))
    return found


def _hashed(contract: Contract, checked: list[_Checked], row: int) -> dict[str, str]:
    """The cells of ids as the warehouse writes them, by which a person can be found and forgotten."""
    known = [one for one in checked if one.column.kind == contract.columns[0].kind and not one.faulty[row]]
    return {one.column.name: ids.to_text(int.from_bytes(one.values[row].as_py(), "little")) for one in known}


def _sentence(checked: _Checked, row: int) -> str:
    state = "missing" if checked.missing[row] else _shown(found_in(checked.found.slice(row, 1))[0])
    return f"{checked.column.name} is {state}, expected {checked.column.kind.expected}"


def _shown(value: object) -> str:
    """A value as a person would recognise it, truncated if long."""
    plain_value = shown(value[:SHOWN_CHARACTERS]) if isinstance(value, bytes) else value
    # Cut before it is written out: it may be as large as its file.
    cut = plain_value[:SHOWN_CHARACTERS] if isinstance(plain_value, str | list) else plain_value
    text = repr(cut) if isinstance(cut, str) else str(cut)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def _good_rows(schema: pa.Schema, columns: list[pa.Array], bad: Mask) -> pa.RecordBatch:
    if bad.any():
        good = pa.array(~bad)
        columns = [column.filter(good) for column in columns]
    return pa.record_batch(columns, schema=schema)
