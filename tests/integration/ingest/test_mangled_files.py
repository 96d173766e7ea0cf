"""A sample of mangled files; `make prove` reads 20,000."""

from collections import Counter
from pathlib import Path
from random import Random

import pytest

from tests.integration.ingest.mangled import WRITERS, mangle, read, rows_of

SAMPLE = 400


def test_a_mangled_file_is_read_or_refused(tmp_path: Path) -> None:
    found = Counter[str]()
    for seed in range(SAMPLE):
        try:
            found[mangle(seed, tmp_path)] += 1
        except Exception as error:
            error.add_note(f"seed {seed}")
            raise
    outcomes = {one.partition(" ")[2] for one in found}
    assert {one.partition(" ")[0] for one in found} == WRITERS.keys()
    assert {"read", "refused", "without a row"} <= outcomes, found


@pytest.mark.parametrize("name", WRITERS)
def test_a_file_that_nobody_touched_is_read_whole(tmp_path: Path, name: str) -> None:
    rows = rows_of(Random(1))
    held = read(WRITERS[name](rows), name, tmp_path)
    assert held is not None
    found = [(row["title"], row["director"] or "") for batch, _ in held.batches for row in batch.to_pylist()]
    assert found == [(row["title"], row["director"]) for row in rows]
