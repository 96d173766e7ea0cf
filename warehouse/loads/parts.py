"""The parts of a load: the rows of several senders, one after the other, which are loaded as one and counted apart."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any


class Parts:
    """What became of each part's rows, by reason: '' for accepted ones, else as `sifting` and the contract name them.

    `ends` is the number of each part's last row, ascending; a load that nobody divided is one part without an end.
    """

    def __init__(self, ends: Sequence[int] = ()) -> None:
        self.ends = tuple(ends)
        self.counts: list[Counter[str]] = [Counter() for _ in self.ends or (0,)]

    @property
    def sql(self) -> str:
        """SQL of the part, from 0, of a `row`."""
        ends = ", ".join(f"toUInt64({int(end)})" for end in self.ends)
        return f"arrayFirstIndex(one -> row <= one, [{ends}]) - 1" if ends else "0"

    def note(self, counted: Iterable[Sequence[Any]]) -> None:
        """Add rows that the engine counted by (part, reason)."""
        for part, reason, rows in counted:
            self.counts[part][reason] += rows

    def note_rejected(self, row: int, reason: str) -> None:
        """Add one row that was kept aside."""
        self.counts[bisect_left(self.ends, row) if self.ends else 0][reason] += 1
