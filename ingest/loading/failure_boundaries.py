"""Failure boundaries: if something goes wrong in a row, only that row is left out; if something goes wrong in a file,
that file is refused. Faults of the warehouse (not reachable, busy, disk full) are neither, and are passed on.
"""

import errno
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pyarrow as pa

from ingest.problems import FileRefused, Problem, Reason
from ingest.quarantine.original_rows import cells_of, text_of
from ingest.readers.rows import RawRows
from ingest.rows.contract import Contract
from ingest.rows.validation import Validated
from warehouse.errors import EngineFault, MarqueeError, descriptors_ran_out, disk_is_full, is_out_of_descriptors

LOG = logging.getLogger("marquee.ingest")
Validate = Callable[[Contract, RawRows], Validated]


@contextmanager
def refusing(file: str) -> Iterator[None]:
    """Refuse the file for anything unforeseen that goes wrong in reading it; the log has the details.

    Raises: FileRefused; Unavailable if the disk is full, Overloaded if no more files can be opened.
    """
    try:
        yield
    except Exception as error:
        if is_out_of_descriptors(error):
            raise descriptors_ran_out() from error
        if isinstance(error, MarqueeError):
            raise
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise disk_is_full() from error
        LOG.exception("A file can't be read, for a reason that Marquee does not know.")
        raise FileRefused(file, _unknown(error)) from error


@contextmanager
def taken_by_the_engine(file: str) -> Iterator[None]:
    """Refuse a file whose rows the engine does not take, so that the files behind it are not held up.

    Raises: FileRefused.
    """
    try:
        yield
    except EngineFault as fault:
        LOG.exception("The engine refused the rows of a file.")
        reason = "the engine refused its rows, and nothing of it is loaded. The log says more"
        raise FileRefused(file, reason) from fault


def each_alone(validate: Validate, contract: Contract, raw: RawRows) -> Validated:
    """The rows validated, together if possible. Otherwise they are halved, until those that fail are alone: each of
    them becomes a problem.

    Raises: FileRefused if that is because of the whole file.
    """
    try:
        return validate(contract, raw)
    except FileRefused:
        raise
    except Exception as error:
        if len(raw) == 0:
            raise
        if len(raw) == 1:
            LOG.warning("A row can't be read, for a reason that Marquee does not know.", exc_info=True)
            return _left_out(contract, raw, error)
        middle = len(raw) // 2
        pieces = (raw.slice(0, middle), raw.slice(middle))
        halves = [each_alone(validate, contract, piece) for piece in pieces]
        return Validated(
            pa.concat_batches([half.batch for half in halves]),
            np.concatenate([half.numbers for half in halves]),
            [problem for half in halves for problem in half.problems],
        )


def _left_out(contract: Contract, raw: RawRows, error: Exception) -> Validated:
    problem = Problem(raw.unit, int(raw.numbers[0]), Reason.BAD_VALUE, _unknown(error), _original(raw))
    empty = contract.schema.empty_table().to_batches() or [pa.RecordBatch.from_pylist([], contract.schema)]
    return Validated(empty[0], raw.numbers[:0], [*raw.problems, problem])


def _original(raw: RawRows) -> str:
    """The row, as far as its cells can be shown one by one."""
    cells: dict[str, str] = {}
    for name, column in raw.columns.items():
        try:
            cells |= cells_of(replace(raw, columns={name: column}, rest=None, damaged={}), [0])[0]
        except Exception:  # noqa: BLE001 - the cell that fails is the one that is left out
            cells[name] = "?"
    return text_of(cells)


def _unknown(error: Exception) -> str:
    return f"it can't be read ({type(error).__name__}). Please report it; the log says more"
