"""Ending a command that runs until it is told to: by the first SIGINT or SIGTERM, after what it is doing."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def ending() -> Iterator[threading.Event]:
    """Set by the first SIGINT or SIGTERM; a second one ends the command at once."""
    end = threading.Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def take(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature is a signal handler's
        end.set()
        restore()

    for number in before:
        signal.signal(number, take)
    try:
        yield end
    finally:
        restore()
