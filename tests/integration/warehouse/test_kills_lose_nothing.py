"""A loader that is killed at any instant: what was acknowledged is there once, nothing else, and rollups are facts."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.warehouse.random_kills import Chain

# `make prove` kills five hundred times.
SEED, KILLS = 5, 10


@pytest.mark.slow
def test_kills_at_random_instants_lose_nothing_and_double_nothing(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("seed", SEED)
    with Chain(f"chdb://{tmp_path / 'warehouse'}", SEED) as chain:
        while sum(chain.kills.values()) < KILLS:
            chain.kill()
    record_property("kills", chain.kills)
