"""Repeated warnings and errors of the HTTP server, of the event loop and of signing in at a provider: anybody can cause
them, so only the first of a minute are logged. Errors of questions are all logged: each has an id that its asker was
told.
"""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable

MOST_A_MINUTE = 10
MOST_KINDS = 1_000
_MINUTE_S = 60.0
_BEGINNINGS = tuple(f"{name}." for name in ("uvicorn", "asyncio", "marquee.sign_in"))


class Repeats(logging.Filter):
    """Drops repeats of a warning or error within a minute; the next one after it says how many were dropped. An error
    repeats another if the same kind of exception was raised at the same line.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        # By the kind: when its minute began, and how many there were. The most recent kinds come last.
        self._seen: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record is logged."""
        if record.levelno > logging.ERROR or not f"{record.name}.".startswith(_BEGINNINGS):
            return True
        kind, now = _kind_of(record), self._clock()
        began, count = self._seen.get(kind, (now, 0))
        if now - began >= _MINUTE_S:
            if count > MOST_A_MINUTE:
                record.msg = f"{record.msg} (and {count - MOST_A_MINUTE} times since the last such line)"
            began, count = now, 0
        self._seen[kind] = began, count + 1
        self._seen.move_to_end(kind)
        if len(self._seen) > MOST_KINDS:
            self._seen.popitem(last=False)
        return count < MOST_A_MINUTE


def _kind_of(record: logging.LogRecord) -> str:
    """The message without its values, or the type of an exception and where it was raised."""
    kind, _, trace = record.exc_info or (None, None, None)
    if kind is None:
        return str(record.msg)
    place = ""
    while trace is not None:
        place, trace = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}", trace.tb_next
    return f"{kind.__module__}.{kind.__qualname__} {place}"
