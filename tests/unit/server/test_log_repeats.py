"""A warning that strangers can cause fills no log."""

import logging

from server.log_repeats import MOST_A_MINUTE, Repeats


def record(message: str = "Invalid HTTP request received.", level: int = logging.WARNING) -> logging.LogRecord:
    return logging.LogRecord("uvicorn.error", level, "", 1, message, (), None)


def test_repeats_of_a_warning_within_a_minute_are_counted_and_not_logged() -> None:
    now = [100.0]
    repeats = Repeats(lambda: now[0])
    assert sum(bool(repeats.filter(record())) for _ in range(5_000)) == MOST_A_MINUTE
    assert repeats.filter(record("Unsupported upgrade request."))
    now[0] += 60
    later = record()
    assert repeats.filter(later)
    assert later.getMessage() == "Invalid HTTP request received. (and 4990 times since the last such line)"


def test_errors_and_other_loggers_are_never_dropped() -> None:
    repeats = Repeats(lambda: 0.0)
    assert all(repeats.filter(record(level=logging.ERROR)) for _ in range(100))
    ours = logging.LogRecord("marquee.server", logging.WARNING, "", 1, "Slow", (), None)
    assert all(repeats.filter(ours) for _ in range(100))
