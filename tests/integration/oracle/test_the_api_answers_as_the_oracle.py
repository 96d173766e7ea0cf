"""The API's answers to random questions over random worlds are those of plain Python over the rows.

`make prove` asks fifty thousand.
"""

from itertools import islice

import pytest

from tests.oracle.checking import checked_world

WORLDS = range(6)
QUESTIONS_A_WORLD = 40
# Of what is wrong in one world, the first few say it.
MOST_TOLD = 3


@pytest.mark.slow
@pytest.mark.parametrize("seed", WORLDS)
def test_the_api_answers_as_the_oracle(seed: int) -> None:
    with checked_world(seed) as checked:
        wrong = list(islice(checked.differing(range(QUESTIONS_A_WORLD)), MOST_TOLD))
    assert not wrong, "\n\n".join(["the API and the oracle differ", *wrong])
