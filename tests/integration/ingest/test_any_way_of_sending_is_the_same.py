"""Rows may be split into files, reordered, repeated, undone and sent again, and processes killed meanwhile: the
warehouse ends up with each row once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.ingest.random_sendings import Ways

SEEDS = range(3)


@pytest.mark.slow
def test_any_way_gives_the_same_warehouse(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    with Ways(f"chdb://{tmp_path / 'warehouse'}", tmp_path) as ways:
        for seed in SEEDS:
            ways.send(seed)
        record_property("kinds", ways.kinds)
        assert {"undo", "replace", "load, killed"} <= set(ways.kinds)
