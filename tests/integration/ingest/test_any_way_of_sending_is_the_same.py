"""Rows may be split into files, reordered, repeated, undone and sent again, and processes killed meanwhile: the
warehouse ends up with each row once."""

from collections.abc import Callable, Iterator

import pytest

from tests.integration.ingest.ways import Ways

SEEDS = range(3)


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ways]:
    folder = tmp_path_factory.mktemp("ways")
    with Ways(f"chdb://{folder / 'warehouse'}", folder) as made:
        yield made
        assert {"undo", "replace", "load, killed"} <= set(made.kinds)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_any_way_gives_the_same_warehouse(
    ways: Ways, seed: int, record_property: Callable[[str, object], None]
) -> None:
    ways.send(seed)
    record_property("kinds", ways.kinds)
