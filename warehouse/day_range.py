"""A range of UTC days, open on a side that is left out: what the commands that verify and rebuild rollups take."""

from dataclasses import dataclass
from datetime import date, timedelta

from warehouse.errors import BadInput


@dataclass(frozen=True)
class DayRange:
    """The days [start, end); None leaves that side open.

    Raises: BadInput when `end` is not after `start`.
    """

    start: date | None = None
    end: date | None = None

    def __post_init__(self) -> None:
        if self.start and self.end and self.end <= self.start:
            raise BadInput(
                f"--to is {self.end}, which is not after --from, {self.start}. The day of --to is not included."
            )

    def __contains__(self, day: date) -> bool:
        return (self.start is None or day >= self.start) and (self.end is None or day < self.end)

    def touches(self, month: int) -> bool:
        """Whether one of the days is in a month, given as YYYYMM."""
        first = month_of(self.start) if self.start else month
        last = month_of(self.end - timedelta(days=1)) if self.end else month
        return first <= month <= last


ALL_DAYS = DayRange()


def month_of(day: date) -> int:
    """The month of a day as YYYYMM, as partitions are called."""
    return day.year * 100 + day.month
