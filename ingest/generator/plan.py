"""What to generate: size, time window and seed."""

import zlib
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from ingest.demo_size import DemoSize

DAY_S = 86_400
HOUR_S = 3_600


@dataclass(frozen=True, slots=True)
class Plan:
    """A size, a seed and the window `[start_s, until_s)` in UTC epoch seconds."""

    size: DemoSize
    seed: int
    until_s: int

    @classmethod
    def ending(cls, until: datetime, size: DemoSize, seed: int) -> "Plan":
        """The plan whose window ends at `until`, truncated to the second.

        Raises: ValueError for a time without a zone.
        """
        if until.tzinfo is None:
            raise ValueError(f"{until.isoformat()} names no time zone")
        if seed < 0:
            raise ValueError(f"the seed is {seed}; it must not be negative")
        return cls(size, seed, int(until.timestamp()))

    @property
    def start_s(self) -> int:
        """The first second of the window."""
        return self.until_s - self.size.days * DAY_S

    @property
    def midnight_s(self) -> int:
        """The UTC midnight at or before the window's start: hour 0 of every hourly array of the world."""
        return self.start_s // DAY_S * DAY_S

    @property
    def hours(self) -> int:
        """The number of UTC hours from `midnight_s` that overlap the window."""
        return -(-(self.until_s - self.midnight_s) // HOUR_S)

    @property
    def days(self) -> int:
        """The number of UTC days that overlap the window."""
        return -(-self.hours // 24)

    def rng(self, purpose: str, *part: int) -> np.random.Generator:
        """A separate generator for each purpose and part, so tables and chunks don't depend on each other's draws."""
        entropy = np.random.SeedSequence([self.seed, zlib.crc32(purpose.encode()), *part])
        return np.random.Generator(np.random.PCG64(entropy))
