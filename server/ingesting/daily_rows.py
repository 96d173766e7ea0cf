"""Rows a day: how many a sender has sent since midnight UTC, where its token limits them.

Counted in this process; what was sent before it started is read once from the stored answers. Each of several processes
on one ClickHouse server counts for itself.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from anyio import to_thread

from server.ingesting.capacity import NoCapacity
from server.ingesting.delivery import Sender

RowsSince = Callable[[Sender, datetime], int]


class DayUsedUp(NoCapacity):
    """The sender has sent as many rows as it may within a day."""

    def __init__(self, most: int, retry_after_s: int) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(f"Your token may send {most:,} rows a day, and these would be more.")


@dataclass
class _Day:
    """What a sender has sent today, and what it may be sending now."""

    sent: int
    sending: int = 0


class DailyRows:
    """Counts rows by sender and day; use from one event loop."""

    def __init__(self, rows_since: RowsSince, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._rows_since = rows_since
        self._clock = clock
        self._today = clock().date()
        self._days: dict[Sender, _Day] = {}

    async def reserve(self, sender: Sender, most: int, wanted: int) -> int:
        """Reserve up to `wanted` rows of the `most` that a sender may send a day; returns how many. Settle it with
        `count`.

        Raises: DayUsedUp if none is left; NoCapacity if those that are left are reserved by other requests.
        """
        now = self._clock()
        if now.date() != self._today:
            self._today, self._days = now.date(), {}
        if sender not in self._days:
            midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
            known = await to_thread.run_sync(self._rows_since, sender, midnight)
            self._days.setdefault(sender, _Day(known))
        day = self._days[sender]
        if day.sent >= most:
            raise self.used_up(most)
        if day.sent + day.sending >= most:
            raise NoCapacity("Your other requests may use up the rows that your token may send today.")
        reserved = min(wanted, most - day.sent - day.sending)
        day.sending += reserved
        return reserved

    def count(self, sender: Sender, reserved: int, rows: int) -> None:
        """Settle a reservation: count the rows that were sent."""
        day = self._days.get(sender)
        if day is not None:
            day.sending = max(0, day.sending - reserved)
            day.sent += rows

    def used_up(self, most: int) -> DayUsedUp:
        """The refusal of a sender with a limit."""
        now = self._clock()
        tomorrow = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        return DayUsedUp(most, max(1, math.ceil((tomorrow - now).total_seconds())))
