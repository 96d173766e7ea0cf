"""Steps of UTC time: a rollup keeps each row of its keys once a step, so that a range is read in few pieces.

Every step lies whole in the next longer one, and in one month: a month of facts is all that a month of a rollup needs.
"""

from datetime import UTC, datetime, timedelta
from enum import IntEnum

QUARTER_HOUR_S, HALF_HOUR_S, HOUR_S, DAY_S = 900, 1_800, 3_600, 86_400


class Step(IntEnum):
    """How long one stored row is. The numbers are what is stored, and sorted by: longest first, because a small set is
    merged into a large one in a fraction of the time that two of its size take.

    `EIGHT_DAYS` are counted from the first of the month: the fourth ends with the month. Two are a `HALF_MONTH`.
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
        """What people read: `8 days`."""
        return _LABELS[self]

    @property
    def shortest_s(self) -> int:
        """The seconds of the shortest piece of this step."""
        return _SHORTEST_S[self]

    def floor(self, instant: int) -> int:
        """The start of the piece that an instant is in."""
        if self >= Step.DAY:
            return instant - instant % _SHORTEST_S[self]
        day = datetime.fromtimestamp(instant, UTC)
        return _month_start(day) + min((day.day - 1) // self._days, self._last) * self._days * DAY_S

    def ceil(self, instant: int) -> int:
        """The start of the first piece that does not begin before an instant."""
        start = self.floor(instant)
        return start if start == instant else self.next(start)

    def next(self, start: int) -> int:
        """The start of the piece after the one that starts there."""
        if self >= Step.DAY:
            return start + _SHORTEST_S[self]
        day = datetime.fromtimestamp(start, UTC)
        if (day.day - 1) // self._days < self._last:
            return start + self._days * DAY_S
        return _month_start(day.replace(day=1) + timedelta(days=32))

    def floor_sql(self, instant: str) -> str:
        """SQL of the start of the piece that an instant is in, a DateTime of UTC; `instant` is SQL of one."""
        if self >= Step.DAY:
            length = _SHORTEST_S[self]
            return f"toDateTime(intDiv(toUInt32({instant}), {length}) * {length}, 'UTC')"
        place = f"least(intDiv(toDayOfMonth({instant}) - 1, {self._days}), {self._last})"
        return f"toDateTime(toStartOfMonth({instant}), 'UTC') + {place} * {self._days * DAY_S}"

    @property
    def _days(self) -> int:
        """The days of a piece of a month, but for the last, which ends with the month."""
        return {Step.EIGHT_DAYS: 8, Step.HALF_MONTH: 16, Step.MONTH: 32}[self]

    @property
    def _last(self) -> int:
        """How many pieces a month has before its last."""
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
