"""Gathering small batches into few large ones: every write to a load costs the warehouse several statements."""

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

GATHERED_ROWS, GATHERED_BYTES = 1 << 19, 128 << 20

Numbered = tuple[pa.RecordBatch, npt.NDArray[np.int64]]
"""Rows, and the number of each in its file."""


def numbered(batches: Iterable[pa.RecordBatch]) -> Iterator[Numbered]:
    """The batches with their rows counted from 1."""
    first = 1
    for batch in batches:
        yield batch, np.arange(first, first + batch.num_rows)
        first += batch.num_rows


def gathered(batches: Iterable[Numbered]) -> Iterator[Numbered]:
    """The same rows in the same order, at least `GATHERED_ROWS` or `GATHERED_BYTES` per batch except the last; no empty
    batch."""
    kept: list[Numbered] = []
    rows = size_bytes = 0
    for batch in batches:
        kept.append(batch)
        rows += len(batch[1])
        size_bytes += batch[0].nbytes
        if rows >= GATHERED_ROWS or (rows and size_bytes >= GATHERED_BYTES):
            yield _joined(kept)
            kept, rows, size_bytes = [], 0, 0
    if rows:
        yield _joined(kept)


def _joined(batches: list[Numbered]) -> Numbered:
    if len(batches) == 1:
        return batches[0]
    return pa.concat_batches([batch for batch, _ in batches]), np.concatenate([numbers for _, numbers in batches])
