"""Look-up tables draw each choice as often as it weighs, and never one that weighs nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.generator.sampling import choose, lookup_rows, pick

WEIGHTS = st.lists(st.floats(0, 1e6), min_size=1, max_size=40).filter(lambda weights: sum(weights) > 1e-3)


@given(WEIGHTS, st.integers(0, 2**32))
def test_a_row_holds_each_choice_within_one_of_its_share(weights: list[float], seed: int) -> None:
    row = lookup_rows(np.asarray([weights]), 512, np.random.default_rng(seed))[0]
    held = np.bincount(row, minlength=len(weights))
    assert len(held) == len(weights)
    assert (np.abs(held - 512 * np.asarray(weights) / sum(weights)) <= 1 + 1e-6).all()
    assert (held[np.asarray(weights) == 0] == 0).all()


def test_rows_do_not_mix() -> None:
    table = lookup_rows(np.asarray([[1.0, 0, 0], [0, 0, 1.0], [0, 1.0, 0]]), 64, np.random.default_rng(1))
    drawn = pick(table, np.asarray([0, 1, 2, 1, 0]), np.random.default_rng(2))
    assert drawn.tolist() == [0, 2, 1, 2, 0]


def test_choices_come_as_often_as_they_weigh() -> None:
    drawn = choose(np.asarray([1.0, 0.0, 3.0]), 40_000, np.random.default_rng(3))
    assert np.bincount(drawn)[1] == 0
    assert np.mean(drawn == 2) == pytest.approx(0.75, abs=0.01)
