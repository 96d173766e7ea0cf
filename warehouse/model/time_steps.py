"""Steps of UTC time: a rollup stores its rows once per step, so that few pieces cover a range.

Every piece lies within one piece of the next longer step, and within one month. So a month of a rollup depends only on
the facts of that month.
"""

from datetime import UTC, datetime, timedelta
from enum import IntEnum

QUARTER_HOUR_S, HALF_HOUR_S, HOUR_S, DAY_S = 900, 1_800, 3_600, 86_400


class Step(IntEnum):
    """The length of one stored row. The numbers are stored and sorted by, longest first: merging small
    sets into a large one is fastest.

    `EIGHT_DAYS` pieces are counted from the first of the month; the fourth ends with the month. Two make a
    `HALF_MONTH`.
    """

    MONTH = 1
    HALF_MONTH = 2
    EIGHT_DAYS = 3
    DAY = 4
    HALF_DAY = 5
    HOUR = 6
    HALF_HOUR = 7
    QUARTER_HOUR = 8

    @property
    def label(self) -> str:
        """The display name: `8 d`."""
        return _LABELS[self]

    @property
    def shortest_s(self) -> int:
        """The length of the shortest piece of this step, in seconds."""
        return _SHORTEST_S[self]

    def floor(self, instant: int) -> int:
        """The start of an instant's piece."""
        if self >= Step.DAY:
            return instant - instant % _SHORTEST_S[self]
        day = datetime.fromtimestamp(instant, UTC)
        return _month_start(day) + min((day.day - 1) // self._days, self._last) * self._days * DAY_S

    def ceil(self, instant: int) -> int:
        """The start of the first piece at or after an instant."""
        start = self.floor(instant)
        return start if start == instant else self.next(start)

    def next(self, start: int) -> int:
        """The start of the next piece, given a piece's start."""
        if self >= Step.DAY:
            return start + _SHORTEST_S[self]
        day = datetime.fromtimestamp(start, UTC)
        if (day.day - 1) // self._days < self._last:
            return start + self._days * DAY_S
        return _month_start(day.replace(day=1) + timedelta(days=32))

    def floor_sql(self, instant: str) -> str:
        """SQL of the start of an instant's piece; `instant` is SQL of a DateTime in UTC."""
        if self >= Step.DAY:
            length = _SHORTEST_S[self]
            return f"toDateTime(intDiv(toUInt32({instant}), {length}) * {length}, 'UTC')"
        place = f"least(intDiv(toDayOfMonth({instant}) - 1, {self._days}), {self._last})"
        return f"toDateTime(toStartOfMonth({instant}), 'UTC') + {place} * {self._days * DAY_S}"

    @property
    def _days(self) -> int:
        """The days in each piece of a month except the last, which ends with the month."""
        return {Step.EIGHT_DAYS: 8, Step.HALF_MONTH: 16, Step.MONTH: 32}[self]

    @property
    def _last(self) -> int:
        """The number of pieces in a month before the last one."""
        return 32 // self._days - 1


_LABELS = {
    Step.QUARTER_HOUR: "15 min",
    Step.HALF_HOUR: "30 min",
    Step.HOUR: "1 h",
    Step.HALF_DAY: "12 h",
    Step.DAY: "1 d",
    Step.EIGHT_DAYS: "8 d",
    Step.HALF_MONTH: "16 d",
    Step.MONTH: "1 month",
}
_SHORTEST_S = {
    Step.QUARTER_HOUR: QUARTER_HOUR_S,
    Step.HALF_HOUR: HALF_HOUR_S,
    Step.HOUR: HOUR_S,
    Step.HALF_DAY: 12 * HOUR_S,
    Step.DAY: DAY_S,
    Step.EIGHT_DAYS: 4 * DAY_S,
    Step.HALF_MONTH: 12 * DAY_S,
    Step.MONTH: 28 * DAY_S,
}


def _month_start(day: datetime) -> int:
    return int(datetime(day.year, day.month, 1, tzinfo=UTC).timestamp())
