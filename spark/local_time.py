"""Local time for the jobs: the offsets of IANA zones, by the rules of the pinned package `tzdata`.

Java has rules of its own, of another version: by those a viewer's clock, and so the part of their day, would be another
than the one that the API shows.
"""

import zoneinfo
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

# TRICKY: without this, zoneinfo prefers the machine's own zone data.
zoneinfo.reset_tzpath(to=())

# As in a load: earlier sessions are refused. Rules are known for as long as sessions may come.
EARLIEST, LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
_STEP = timedelta(days=7)

Change = tuple[int, int]
"""From which instant on, in seconds since 1970, and how many seconds local time is ahead of UTC."""


def rules_of(zones: Iterable[str]) -> Mapping[str, Sequence[Change]]:
    """Zone → its changes of offset, oldest first; the first is that of 1990."""
    return {zone: _changes(zone) for zone in sorted(set(zones))}


@cache
def _changes(zone: str) -> tuple[Change, ...]:
    """Looked for a week at a time: no zone of a country has changed twice within one, which a test checks."""
    rules = ZoneInfo(zone)
    at, found = EARLIEST, [(int(EARLIEST.timestamp()), _offset_s(rules, EARLIEST))]
    while at < LATEST:
        later = at + _STEP
        if _offset_s(rules, later) != found[-1][1]:
            found.append((_instant_of_change(rules, at, later), _offset_s(rules, later)))
        at = later
    return tuple(found)


def _instant_of_change(rules: ZoneInfo, before: datetime, after: datetime) -> int:
    """The first second with the offset of `after`, between two instants with different ones."""
    low, high, new = int(before.timestamp()), int(after.timestamp()), _offset_s(rules, after)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset_s(rules, datetime.fromtimestamp(middle, UTC)) == new:
            high = middle
        else:
            low = middle
    return high


def _offset_s(rules: ZoneInfo, instant: datetime) -> int:
    offset = instant.astimezone(rules).utcoffset()
    return int(offset.total_seconds()) if offset else 0
