"""Warnings and errors that strangers can cause fill no log."""

import logging

from server.log_repeats import MOST_A_MINUTE, MOST_KINDS, Repeats


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


def failed(kind: type[Exception], value: str, name: str = "uvicorn.error") -> logging.LogRecord:
    """The record of an exception that is raised here."""
    try:
        raise kind(value)
    except kind as error:
        trace = (type(error), error, error.__traceback__)
        return logging.LogRecord(name, logging.ERROR, "", 1, f"It failed with {value}", (), trace)


def test_errors_repeat_by_their_exception_and_place_whatever_they_say() -> None:
    now = [0.0]
    repeats = Repeats(lambda: now[0])
    assert sum(bool(repeats.filter(failed(RuntimeError, f"{n}"))) for n in range(500)) == MOST_A_MINUTE
    assert repeats.filter(failed(OSError, "0"))
    assert repeats.filter(record("Exception in ASGI application\n", logging.ERROR))
    now[0] += 60
    later = failed(RuntimeError, "500")
    assert repeats.filter(later)
    assert later.getMessage() == "It failed with 500 (and 490 times since the last such line)"


def test_errors_of_the_event_loop_are_limited_too() -> None:
    repeats = Repeats(lambda: 0.0)
    assert sum(bool(repeats.filter(failed(OSError, "full", "asyncio"))) for _ in range(50)) == MOST_A_MINUTE


def test_people_whom_a_provider_refuses_are_limited_whatever_is_said_of_them() -> None:
    repeats = Repeats(lambda: 0.0)
    lines = [
        logging.LogRecord("marquee.sign_in", logging.WARNING, "", 1, "Nobody was signed in: %s", (f"{n}",), None)
        for n in range(500)
    ]
    assert sum(bool(repeats.filter(one)) for one in lines) == MOST_A_MINUTE


def test_kinds_are_bounded() -> None:
    repeats = Repeats(lambda: 0.0)
    assert all(repeats.filter(record(f"{n}")) for n in range(3 * MOST_KINDS))
    assert len(repeats._seen) == MOST_KINDS


def test_other_loggers_are_never_dropped() -> None:
    repeats = Repeats(lambda: 0.0)
    assert all(repeats.filter(failed(RuntimeError, "", "marquee.server")) for _ in range(100))
    assert all(repeats.filter(record(level=logging.CRITICAL)) for _ in range(100))
    ours = logging.LogRecord("marquee.server", logging.WARNING, "", 1, "Slow", (), None)
    assert all(repeats.filter(ours) for _ in range(100))
