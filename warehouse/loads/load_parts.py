"""The parts of a load: rows of several senders, loaded as one and counted separately."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt


class Parts:
    """How many rows each part has, and how many of them are left out, by reason as `sifting` and the contract name it.

    `ends` is the number of each part's last row, ascending; an undivided load is one part without an end.
    """

    def __init__(self, ends: Sequence[int] = ()) -> None:
        self.ends = tuple(ends)
        self.rows = [0 for _ in self.ends or (0,)]
        self.left_out: list[Counter[str]] = [Counter() for _ in self.rows]

    @property
    def sql(self) -> str:
        """SQL of the part, from 0, of a `row`."""
        ends = ", ".join(f"toUInt64({int(end)})" for end in self.ends)
        return f"arrayFirstIndex(one -> row <= one, [{ends}]) - 1" if ends else "0"

    def note_written(self, numbers: npt.NDArray[np.int64]) -> None:
        """Add rows by their `numbers` (rows,), ascending."""
        until = np.searchsorted(numbers, self.ends, side="right") if self.ends else [len(numbers)]
        for part, rows in enumerate(np.diff(until, prepend=0)):
            self.rows[part] += int(rows)

    def note_left_out(self, counted: Iterable[Sequence[Any]]) -> None:
        """Count written rows as left out, as the engine counted them by (part, reason)."""
        for part, reason, rows in counted:
            self.left_out[part][reason] += rows

    def of(self, row: int) -> int:
        """The part that a row is in."""
        return bisect_left(self.ends, row) if self.ends else 0

    def note_rejected(self, row: int, reason: str) -> None:
        """Add one row that is left out."""
        part = self.of(row)
        self.rows[part] += 1
        self.left_out[part][reason] += 1
