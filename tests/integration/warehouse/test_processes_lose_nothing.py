"""Two processes on one server, killed and stopped in any phase of a load: what was acknowledged is there once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.warehouse.modes import served_engine
from tests.integration.warehouse.rivals import Rivals

# `make prove` plays two hundred rounds.
SEED, ROUNDS, LEASE_S = 4, 4, 4.0


@pytest.mark.slow
def test_rivals_that_are_killed_and_stopped_lose_nothing_and_double_nothing(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("seed", SEED)
    with served_engine(tmp_path) as engine, Rivals(engine, SEED, LEASE_S) as rivals:
        for _ in range(ROUNDS):
            rivals.round()
        rivals.check()
    record_property("rounds", rivals.rounds)
