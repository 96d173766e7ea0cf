"""Gathering keeps every row in its order and hands out few, large batches."""

import pyarrow as pa
import pytest

from ingest.loading import batches
from ingest.loading.batches import gathered, numbered


def test_rows_keep_their_order_and_batches_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "GATHERED_ROWS", 10)
    small = [pa.record_batch({"n": list(range(first, first + 4))}) for first in range(1, 29, 4)]
    large = list(gathered(numbered(small)))
    assert [batch.num_rows for batch, _ in large] == [12, 12, 4]
    assert [n for batch, _ in large for n in batch["n"].to_pylist()] == list(range(1, 29))
    assert [n for _, numbers in large for n in numbers.tolist()] == list(range(1, 29))


def test_nothing_gathers_to_nothing() -> None:
    assert list(gathered([])) == []
    assert list(gathered(numbered([pa.record_batch({"n": pa.array([], pa.int64())})]))) == []
