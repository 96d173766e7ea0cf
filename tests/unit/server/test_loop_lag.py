"""The lag of the event loop is measured, and logged when requests notice it."""

import asyncio
import re
import time

import pytest

from server.http.loop_lag import PERIOD_S, LoopLag


def test_a_call_that_holds_up_the_loop_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    lag = LoopLag()

    async def story() -> None:
        watching = asyncio.create_task(lag.watch())
        await asyncio.sleep(0)
        time.sleep(PERIOD_S + 0.3)  # noqa: ASYNC251 - what must not be done
        await asyncio.sleep(0.01)
        watching.cancel()

    asyncio.run(story())
    (record,) = caplog.records
    told = re.fullmatch(r"The event loop was up to (\d+) ms late: all requests waited\.", record.getMessage())
    assert told is not None
    assert 290 < int(told[1]) < 5_000


def test_short_lags_are_not_logged_and_long_ones_once_in_ten_seconds(caplog: pytest.LogCaptureFixture) -> None:
    lag = LoopLag()
    for moment, lag_ms in ((0.0, 99), (1.0, 150), (2.0, 400), (3.0, 120), (11.5, 5), (12.0, 0)):
        lag.note(lag_ms, moment)
    told = [record.getMessage() for record in caplog.records]
    assert [text.split(" ms")[0].split()[-1] for text in told] == ["150", "400"]
