"""A clock for tests, in place of `time.monotonic`."""

from dataclasses import dataclass


@dataclass
class Clock:
    """A clock that stands still until a test moves it."""

    now_s: float = 1_000.0

    def __call__(self) -> float:
        return self.now_s
