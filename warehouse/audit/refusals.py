"""Refusals of callers without a valid token: thousands of bad tokens do not fill the audit log.

The first refusals of an address within a minute are recorded one by one. The others are counted, and one record at the
end of that minute says how many they were.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from warehouse.audit.record import OK, Record

MINUTE_S = 60.0
MOST_OF_ONE, MOST_IN_ALL = 20, 600
# Addresses that are told apart within a minute.
MOST_ADDRESSES = 2_000
_SEVERAL = "several"
_UNAUTHENTICATED = "UNAUTHENTICATED"


@dataclass
class _Minute:
    """The minute of one address since its first refusal."""

    began: float
    recorded: int = 0
    last: Record | None = None
    more: int = 0


class RefusedStrangers:
    """Sums refusals up by address; use from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._minutes: dict[str, _Minute] = {}
        self._all = _Minute(clock())
        self._changing = threading.Lock()

    def sums_up(self, record: Record) -> bool:
        """Whether a record is counted here instead of being written by itself."""
        if not _is_of_a_stranger(record):
            return False
        with self._changing:
            minute = self._minute_of(record.address)
            if minute.recorded < MOST_OF_ONE and self._all.recorded < MOST_IN_ALL:
                minute.recorded += 1
                self._all.recorded += 1
                return False
            minute.more, minute.last = minute.more + 1, record
            return True

    def due(self, is_last: bool = False) -> list[Record]:
        """A record for each address whose minute is over, or for all, that was refused more often than recorded."""
        now = self._clock()
        with self._changing:
            if now - self._all.began >= MINUTE_S:
                self._all = _Minute(now)
            over = [one for one, minute in self._minutes.items() if is_last or now - minute.began >= MINUTE_S]
            minutes = [(address, self._minutes.pop(address)) for address in over]
        return [_sum(address, minute.last, minute.more) for address, minute in minutes if minute.last is not None]

    def _minute_of(self, address: str) -> _Minute:
        found = self._minutes.get(address)
        if found is None:
            if len(self._minutes) >= MOST_ADDRESSES:
                address = _SEVERAL
            found = self._minutes.setdefault(address, _Minute(self._clock()))
        return found


def _is_of_a_stranger(record: Record) -> bool:
    """Whether nobody with a valid token was refused."""
    return record.outcome == _UNAUTHENTICATED or (not record.subject and record.outcome != OK)


def _sum(address: str, last: Record, more: int) -> Record:
    return Record(
        last.kind,
        last.operation,
        address,
        rows=more,
        outcome=last.outcome,
        detail=f"{more} more refusals of this address within a minute; this is the last one.",
    )
