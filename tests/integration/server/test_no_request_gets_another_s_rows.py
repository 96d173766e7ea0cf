"""While requests are dropped, cancelled and refused, every answer has only the rows of its own question."""

from pathlib import Path

import pytest

from tests.integration.server.storm import weather


@pytest.mark.slow
def test_every_answer_amid_a_storm_is_the_one_of_the_quiet(tmp_path: Path) -> None:
    # `make prove` lets it storm for ten minutes.
    found = weather(tmp_path, seed=1, seconds=8)
    assert found.wrong == []
    assert found.outcomes["right"] > 20, found.outcomes
    assert found.outcomes["dropped"] > 8, found.outcomes
    assert found.outcomes["loads"] > 1, found.outcomes
