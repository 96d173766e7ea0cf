"""Normalised caches by default show what an answer without a cache says, whatever was asked before."""

from pathlib import Path

import pytest

from tests.clients.conftest import run
from tests.integration.resolvers.conftest import ANALYST
from tests.integration.server.sockets import Host

PAIRS = 25


@pytest.mark.slow
@pytest.mark.sampled(1)
@pytest.mark.parametrize("seed", range(40))
def test_random_pairs_of_questions_through_apollo_and_graphcache(packages: Path, host: Host, seed: int) -> None:
    assert run(packages, "caches.mjs", host, ANALYST, str(seed), str(PAIRS)) == [{"pairs": PAIRS}]
