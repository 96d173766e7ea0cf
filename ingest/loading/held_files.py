"""Small files, read into memory and loaded several at once: a load of 1 row costs nearly as much as one of 10,000.

Files are refused individually when they are read. The others are loaded together, and each file is a part of that.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ingest.loading.batches import Numbered, gathered
from ingest.loading.load_file import FileLoad, Loading, opened
from ingest.loading.options import Options
from ingest.problems import TooManyRows
from warehouse import Warehouse
from warehouse.loads.load import Load
from warehouse.loads.rejected_rows import Reject

HELD_ROWS, HELD_BYTES = 20_000, 16 << 20


@dataclass
class Held:
    """The good and bad rows of one file, until a load takes them."""

    reasons: Counter[str] = field(default_factory=Counter)
    batches: list[Numbered] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    file: Loading | None = None
    last: int = 0

    def write(self, batch: pa.RecordBatch, numbers: npt.NDArray[np.int64]) -> None:
        """Take good rows."""
        self.batches.append((batch, numbers))
        self.last = max(self.last, int(numbers[-1]))

    def reject(self, rejects: Sequence[Reject]) -> None:
        """Take rows that can't be rows of the table."""
        self.rejects.extend(rejects)
        self.reasons.update(one.reason for one in rejects)
        self.last = max(self.last, *(one.row for one in rejects))

    def became(self, load: Load, part: int) -> FileLoad:
        """The result for the file, as a part of a load."""
        assert self.file is not None
        return self.file.became(load.part(part))


def hold_file(
    table: str, path: Path, name: str, options: Options, clock: Callable[[], float] = time.time
) -> Held | None:
    """The rows of a file; None if there are more than `HELD_ROWS`, their values take more than `HELD_BYTES`, or there
    are more than the options allow.

    Raises: FileRefused, BadInput.
    """
    held = Held()
    most = replace(options, max_rows=min(HELD_ROWS, options.max_rows or HELD_ROWS), max_bytes=HELD_BYTES)
    try:
        with opened(table, path, name, most, int(clock())) as file:
            held.file = file
            file.pour(held, file.validated())
    except TooManyRows:
        return None
    return held


def load_held(
    warehouse: Warehouse,
    table: str,
    files: Sequence[Held],
    sources: Sequence[Sequence[str]],
    before_showing: Callable[[Sequence[FileLoad]], None],
) -> list[FileLoad]:
    """Load held files of a fact together: those of a source, which follow one another, become one load. `sources` are
    the names of their files. Rows are numbered over all.

    What `before_showing` writes becomes valid when the loads are done.
    """
    firsts = first_rows(files)
    with warehouse.load_shared(table, sources) as load:
        load.divide(firsts[1:])
        for held, first in zip(files, firsts, strict=False):
            if held.rejects:
                load.reject([replace(one, row=one.row + first) for one in held.rejects])
        shifted = (
            (batch, numbers + first)
            for held, first in zip(files, firsts, strict=False)
            for batch, numbers in held.batches
        )
        for batch, numbers in gathered(shifted):
            load.write(batch, numbers)

        def parts() -> list[FileLoad]:
            return [held.became(load, part) for part, held in enumerate(files)]

        load.before_showing = lambda _: before_showing(parts())
        load.commit()
        return parts()


def first_rows(files: Sequence[Held]) -> list[int]:
    """The number of rows before each file's, and last the total."""
    return [0, *np.cumsum([held.last for held in files]).tolist()]
