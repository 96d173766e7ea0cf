"""Reading ahead keeps the order, makes few items before their time, and raises what went wrong where it went wrong."""

from collections.abc import Iterator

import pytest

from ingest.loading.read_ahead import ahead


def numbers(made: list[int], wrong: int | None = None) -> Iterator[int]:
    for number in range(100):
        if number == wrong:
            raise ValueError(f"no {number}")
        made.append(number)
        yield number


def test_items_come_in_their_order_and_few_before_their_time() -> None:
    made: list[int] = []
    with ahead(numbers(made), 3, 100, int) as items:
        before = [len(made) - item for item in items]
    assert made == list(range(100))
    assert max(before) <= 5


def test_few_are_made_before_their_time_when_they_are_large() -> None:
    made: list[int] = []
    with ahead(numbers(made), 16, 100, lambda _: 60) as items:
        before = [len(made) - item for item in items]
    assert made == list(range(100))
    assert max(before) <= 4


def test_it_can_be_left_while_nothing_more_may_be_made() -> None:
    made: list[int] = []
    with ahead(numbers(made), 16, 100, lambda _: 200) as items:
        assert next(items) == 0
    assert len(made) <= 3


def test_what_goes_wrong_is_raised_after_what_was_right() -> None:
    taken: list[int] = []
    with ahead(numbers([], wrong=7), 3, 100, int) as items, pytest.raises(ValueError, match="no 7"):
        taken.extend(items)
    assert taken == [0, 1, 2, 3, 4, 5, 6]


def test_nothing_is_made_once_it_is_left() -> None:
    made: list[int] = []
    with ahead(numbers(made), 3, 100, int) as items:
        next(items)
    count = len(made)
    assert count <= 5
    with ahead(numbers([]), 3, 100, int):
        pass
    assert len(made) == count
