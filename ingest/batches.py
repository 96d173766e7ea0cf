"""Gathering small batches into few large ones: every write to a load costs the warehouse several statements."""

from collections.abc import Iterable, Iterator

import pyarrow as pa

GATHERED_ROWS = 1 << 20


def gathered(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows in the same order, at least `GATHERED_ROWS` a batch but for the last; no empty batch."""
    kept: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        kept.append(batch)
        rows += batch.num_rows
        if rows >= GATHERED_ROWS:
            yield _joined(kept)
            kept, rows = [], 0
    if rows:
        yield _joined(kept)


def _joined(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    return batches[0] if len(batches) == 1 else pa.concat_batches(batches)
