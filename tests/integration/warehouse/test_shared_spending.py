"""Spending is told among processes, and goes on being told after what can't be read."""

import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from warehouse import open_warehouse
from warehouse.shared_spending import SharedSpending

EVERY_S = 0.02


@pytest.fixture
def told(tmp_path: Path) -> Iterator[tuple[SharedSpending, SharedSpending]]:
    """Two processes' spending over one engine."""
    with ExitStack() as stack:
        engine = stack.enter_context(open_warehouse(f"chdb://{tmp_path}/warehouse")).engine
        both = [SharedSpending(engine, is_shared=True, every_s=EVERY_S) for _ in range(2)]
        for one in both:
            stack.callback(one.close)
        yield both[0], both[1]


def test_what_others_spent_comes_oldest_first_and_once(told: tuple[SharedSpending, SharedSpending]) -> None:
    teller, hearer = told
    heard: list[tuple[str, float, int]] = []
    hearer.on_others = lambda who, spent, per_minute, _: heard.append((who, spent, per_minute))
    for spent in (1.0, 2.0, 3.0):
        teller.note("ada", spent, 600)
        teller.exchange()
    for _ in range(2):
        hearer.exchange()
    assert heard == [("ada", 1.0, 600), ("ada", 2.0, 600), ("ada", 3.0, 600)]


def test_spending_is_told_and_heard_after_a_row_that_can_not_be_read(
    told: tuple[SharedSpending, SharedSpending], caplog: pytest.LogCaptureFixture
) -> None:
    teller, hearer = told
    heard: list[str] = []

    def hear(who: str, *_: float) -> None:
        if who == "of a later version":
            raise ValueError(who)
        heard.append(who)

    hearer.on_others = hear
    with caplog.at_level(logging.WARNING):
        for who in ("of a later version", "ada"):
            teller.note(who, 1, 600)
            teller.exchange()
            hearer.note("somebody", 1, 600)
            until = time.monotonic() + 30
            while not (caplog.records if who != "ada" else heard) and time.monotonic() < until:
                time.sleep(EVERY_S)
    assert heard == ["ada"]
    assert "can't be told among the processes" in caplog.text
