"""Repeated warnings of the HTTP server: anybody can cause them, so only the first of a minute are logged."""

import logging
import time
from collections.abc import Callable

MOST_A_MINUTE = 10
_MINUTE_S = 60.0
_LOGGER = "uvicorn"


class Repeats(logging.Filter):
    """Drops repeats of a warning within a minute; the next one after it says how many were dropped."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        # By the message without its values: when its minute began, and how many there were.
        self._seen: dict[str, tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record is logged."""
        if record.levelno > logging.WARNING or not record.name.startswith(_LOGGER):
            return True
        message, now = str(record.msg), self._clock()
        began, count = self._seen.get(message, (now, 0))
        if now - began >= _MINUTE_S:
            if count > MOST_A_MINUTE:
                record.msg = f"{record.msg} (and {count - MOST_A_MINUTE} times since the last such line)"
            began, count = now, 0
        self._seen[message] = began, count + 1
        return count < MOST_A_MINUTE
