"""What is counted over the rows of a group. Sums are whole numbers, and divided once, at the end."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from tests.oracle.facts import Row

COMPLETED_E6 = 900_000


@dataclass(frozen=True)
class Group:
    """The rows of one group: of its fact, and of the catalogue. Who is new is told by first sessions and `start`."""

    rows: Sequence[Row]
    catalogue: Collection[Row]
    first: Mapping[int, int]
    start: int


def figure(name: str, group: Group) -> Any:
    """A measure of a group: None where nothing is known."""
    return MEASURES[name](group)


def change(now: Any, before: Any) -> float | None:
    """`(now - before) / before`; None where that says nothing."""
    return None if now is None or before is None or before == 0 else (now - before) / before


def nearest_rank(values: Collection[int], percent: int) -> int | None:
    """The value that so many percent do not exceed."""
    return sorted(values)[ceil(len(values) * percent / 100) - 1] if values else None


def _ratio(above: int, below: int) -> float | None:
    return above / below if below else None


def _sessions(group: Group) -> list[Any]:
    return [row.session for row in group.rows]


def _people(group: Group) -> set[int]:
    return {row.person.id for row in group.rows if row.person is not None}


def _minutes_e4(group: Group) -> int:
    return sum(one.minutes_e4 for one in _sessions(group))


def _completion_e6(group: Group) -> list[int]:
    return [one.completion_e6 for one in _sessions(group) if one.completion_e6 is not None]


def _buffering(group: Group) -> list[int]:
    return [one.buffering for one in _sessions(group) if one.buffering is not None]


def _percentile(group: Group, percent: int) -> float | None:
    found = nearest_rank([one.minutes_e4 for one in _sessions(group)], percent)
    return None if found is None else found / 10_000


def _stars_e2(group: Group) -> list[int]:
    return [row.review.stars_e2 for row in group.rows if row.review is not None]


MEASURES: Mapping[str, Callable[[Group], Any]] = {
    "views": lambda group: len(group.rows),
    "viewers": lambda group: len(_people(group)),
    "watchMinutes": lambda group: _minutes_e4(group) / 10_000,
    "watchHours": lambda group: _minutes_e4(group) / 600_000,
    "averageWatchMinutes": lambda group: _ratio(_minutes_e4(group), 10_000 * len(group.rows)),
    "completionRate": lambda group: _ratio(sum(_completion_e6(group)), 1_000_000 * len(_completion_e6(group))),
    "completedViews": lambda group: sum(one >= COMPLETED_E6 for one in _completion_e6(group)),
    "bufferingEvents": lambda group: sum(_buffering(group)),
    "bufferingPerView": lambda group: _ratio(sum(_buffering(group)), len(_buffering(group))),
    "activeTitles": lambda group: len({row.film.id for row in group.rows if row.film is not None}),
    "newViewers": lambda group: sum(group.first[one] >= group.start for one in _people(group)),
    "returningViewers": lambda group: sum(group.first[one] < group.start for one in _people(group)),
    "watchMinutesP50": lambda group: _percentile(group, 50),
    "watchMinutesP95": lambda group: _percentile(group, 95),
    "catalogueTitles": lambda group: len(group.catalogue),
    "ratingsCount": lambda group: len(group.rows),
    "averageRating": lambda group: _ratio(sum(_stars_e2(group)), 100 * len(_stars_e2(group))),
}
