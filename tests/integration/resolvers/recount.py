"""Counting again, in plain Python: what the panels should say of the same rows."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.integration.resolvers.world import REVIEWS, SESSIONS, Review, Session

Figures = dict[str, Any]
SessionTest = Callable[[Session], bool]


def ratio(above: int, below: int) -> float | None:
    return above / below if below else None


def figures(sessions: Iterable[Session]) -> Figures:
    """Every measure of some sessions, by API name."""
    rows = list(sessions)
    completed = [one.completion_e6 for one in rows if one.completion_e6 is not None]
    buffered = [one.buffering for one in rows if one.buffering is not None]
    minutes_e4 = sum(one.minutes_e4 for one in rows)
    return {
        "views": len(rows),
        "viewers": len({one.user for one in rows}),
        "watchMinutes": minutes_e4 / 10_000,
        "watchHours": minutes_e4 / 600_000,
        "averageWatchMinutes": ratio(minutes_e4, len(rows) * 10_000),
        "completionRate": ratio(sum(completed), len(completed) * 1_000_000),
        "completedViews": sum(one >= 900_000 for one in completed),
        "bufferingEvents": sum(buffered),
        "bufferingPerView": ratio(sum(buffered), len(buffered)),
        "activeTitles": len({one.film for one in rows}),
    }


def chosen(rows: Figures, *names: str) -> Figures:
    """Some of the figures."""
    return {name: rows[name] for name in names}


def stars(reviews: Iterable[Review]) -> float | None:
    """The mean of ratings, in stars."""
    rows = [one.stars_e2 for one in reviews]
    return ratio(sum(rows), len(rows) * 100)


def local(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone))


def sessions_between(start: datetime, end: datetime) -> list[Session]:
    """Sessions that started in [start, end)."""
    return [one for one in SESSIONS if start <= one.start < end]


def reviews_between(start: datetime, end: datetime) -> list[Review]:
    """Ratings given in [start, end)."""
    return [one for one in REVIEWS if start <= one.given < end]


def in_order(value: Any) -> Any:
    """What values sort by: missing ones last; texts by letters whatever their case and accents, then as they are."""
    if isinstance(value, tuple):
        return tuple(map(in_order, value))
    if isinstance(value, str):
        letters = unicodedata.normalize("NFKD", value.casefold())
        return False, "".join(one for one in letters if not unicodedata.combining(one)), value
    return value is None, value or 0


def grouped(sessions: Iterable[Session], key: Callable[[Session], Any]) -> dict[Any, list[Session]]:
    """Sessions by a key, keys in ascending order."""
    groups: dict[Any, list[Session]] = {}
    for one in sessions:
        groups.setdefault(key(one), []).append(one)
    return {value: groups[value] for value in sorted(groups, key=in_order)}


def most_first(rows: Sequence[Figures], *ties: str) -> list[Figures]:
    """Rows by views, most first; equal ones by other fields, ascending."""
    return sorted(rows, key=lambda row: (-row["views"], *(in_order(row[name]) for name in ties)))
