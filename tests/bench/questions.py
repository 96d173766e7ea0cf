"""Step `questions`: forty odd questions, each answered by what the router chooses and by the facts alone.

The two answers are compared before they are timed; they take turns, so that what disturbs one disturbs both. Deeper
questions, which only the facts can answer, are timed alone.
"""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tests.bench.figures import report, timed, warehouse_argument
from tests.bench.generate import UNTIL
from warehouse import Warehouse, open_warehouse
from warehouse.access import SYSTEM, Access
from warehouse.insights.concurrency import concurrency
from warehouse.insights.funnel import completion_funnel
from warehouse.insights.playback_quality import QualityBy, quality
from warehouse.insights.retention import RetentionRequest, retention
from warehouse.insights.sessions import Sessions
from warehouse.insights.stickiness import stickiness
from warehouse.query.answer import ask
from warehouse.query.comparison import Shift, past_of
from warehouse.query.local_time import Grain, Range, day_start
from warehouse.query.question import AllOf, Condition, Group, OrderByMeasure, Question, Top

ROUNDS = 3
KOLKATA, NEW_YORK, ST_JOHNS, KATHMANDU = "Asia/Kolkata", "America/New_York", "America/St_Johns", "Asia/Kathmandu"
VIEWS = (OrderByMeasure("views", descending=True),)
SCOPED = replace(SYSTEM, scope={"country": ("DE",)})


def last(days: int, zone: str = "UTC", before: int = 1) -> Range:
    """Whole local days up to the newest but `before`."""
    end = UNTIL.date() - timedelta(days=before)
    return Range(day_start(zone, end - timedelta(days=days)), day_start(zone, end))


def _between(start: str, end: str) -> Range:
    first, past = (int(datetime.fromisoformat(f"{text}+00:00").timestamp()) for text in (start, end))
    return Range(first, past)


def _day(zone: str, dimension: str = "", measures: Sequence[str] = ("views", "viewers"), days: int = 80) -> Question:
    groups = (Group("time", Grain.DAY), *([Group(dimension)] if dimension else []))
    return Question(groups, tuple(measures), last(days, zone), zone)


def _by(dimension: str, zone: str = "UTC", days: int = 80, *measures: str) -> Question:
    return Question((Group(dimension),), measures or ("views", "viewers", "watch_hours"), last(days, zone), zone)


def questions() -> dict[str, tuple[Question, Access]]:
    """What people ask beyond the dashboard, by a name."""
    week, film = last(7, KOLKATA), Condition("movie", "eq", 1)
    week_before = past_of(KOLKATA, week, Shift(days=7))
    asked = {
        "totals, Kathmandu": Question((), ("views", "viewers"), last(80, KATHMANDU), KATHMANDU),
        "totals, odd seconds": Question(
            (), ("views", "viewers"), _between("2026-04-07T11:37:11", "2026-06-21T19:44:02")
        ),
        "local day, Kolkata": _day(KOLKATA),
        "local day, St John's": _day(ST_JOHNS),
        "local day, UTC": _day("UTC"),
        "local week, New York": Question(
            (Group("time", Grain.WEEK),), ("views", "viewers"), last(77, NEW_YORK), NEW_YORK
        ),
        "local month, Kolkata": Question(
            (Group("time", Grain.MONTH),), ("views", "viewers"), last(85, KOLKATA), KOLKATA
        ),
        "local hours of a week": Question(
            (Group("time", Grain.HOUR),), ("views", "viewers"), last(7, NEW_YORK), NEW_YORK
        ),
        "local day x genre, Kolkata": _day(KOLKATA, "genre"),
        "local day x genre, views alone": _day(KOLKATA, "genre", ("views", "watch_hours")),
        "local day x country, New York": _day(NEW_YORK, "country"),
        "local day x device, St John's": _day(ST_JOHNS, "device"),
        "local week x genre": Question(
            (Group("time", Grain.WEEK), Group("genre")), ("views", "viewers"), last(77, KOLKATA), KOLKATA
        ),
        "hour of day, New York": _by("hour_of_day", NEW_YORK),
        "hour of day by device": Question(
            (Group("hour_of_day"), Group("device")), ("views",), last(80, NEW_YORK), NEW_YORK
        ),
        "day of week, New York": _by("day_of_week", NEW_YORK),
        "day of week by genre": Question(
            (Group("day_of_week"), Group("genre")), ("views", "watch_hours"), last(80, KOLKATA), KOLKATA
        ),
        "evenings by genre": replace(
            _by("genre", NEW_YORK, 80, "views"), where=Condition("hour_of_day", "in", (20, 21, 22))
        ),
        "genres, New York": _by("genre", NEW_YORK),
        "directors": replace(_by("director", KOLKATA, 80, "views", "watch_hours"), orders=VIEWS, limit=20),
        "release years": _by("release_year", "UTC", 80, "views", "watch_hours"),
        "qualities, Kolkata": _by("quality", KOLKATA),
        "countries, St John's": _by("country", ST_JOHNS),
        "plans": _by("subscription"),
        "ages": _by("age_band"),
        "one country by film": replace(
            _by("movie", "UTC", 80, "views", "viewers"), where=Condition("country", "eq", "IN"), orders=VIEWS, limit=20
        ),
        "one genre by film": replace(
            _by("movie", NEW_YORK, 80, "views", "viewers"),
            where=Condition("genre", "eq", "Drama"),
            orders=VIEWS,
            limit=20,
        ),
        "films, top 100": replace(_by("movie", KOLKATA), orders=VIEWS, limit=100),
        "top 50 films and others": replace(_by("movie", "UTC", 80, "views", "watch_hours"), top=Top(0, 50, "views")),
        "top 5 genres and others": replace(_by("genre", KOLKATA), top=Top(0, 5, "viewers")),
        "film page, days": replace(_day(NEW_YORK), where=film),
        "film page, totals": replace(Question((), ("views", "viewers", "completion_rate"), last(80)), where=film),
        "film page, devices": replace(_by("device"), where=film),
        "7 days against 7 before": Question((), ("views", "viewers", "watch_hours"), week, KOLKATA, before=week_before),
        "the same by genre": Question((Group("genre"),), ("views", "viewers"), week, KOLKATA, before=week_before),
        "two dimensions tested": replace(
            _day("UTC"), where=AllOf((Condition("country", "eq", "DE"), Condition("device", "eq", "Mobile")))
        ),
        "country x device": Question((Group("country"), Group("device")), ("views",), last(80)),
        "new and returning by week": Question(
            (Group("time", Grain.WEEK),), ("new_viewers", "returning_viewers"), last(77, KOLKATA), KOLKATA
        ),
        "percentiles by device": _by("device", "UTC", 80, "watch_minutes_p50", "watch_minutes_p95"),
        "days since release": replace(_by("days_since_release", KOLKATA, 80, "views"), limit=30),
    }
    found = {name: (question, SYSTEM) for name, question in asked.items()}
    found["scoped totals"] = (Question((), ("views", "viewers"), last(80, NEW_YORK), NEW_YORK), SCOPED)
    found["scoped days"] = (_day(NEW_YORK), SCOPED)
    found["scoped genres"] = (_by("genre", "UTC", 80, "views", "viewers"), SCOPED)
    return found


def main() -> None:
    """Ask each in both ways, and report medians by name."""
    folder = warehouse_argument()
    with open_warehouse(f"chdb://{folder}") as warehouse:
        figures = {name: _raced(warehouse, *each) for name, each in questions().items()}
        figures |= {name: {"ms": _median_ms(call)[0]} for name, call in _deeper(warehouse).items()}
    report(**figures)


def _raced(warehouse: Warehouse, question: Question, access: Access) -> dict[str, float]:
    routed = ask(warehouse.reader, question, access)
    by_facts = ask(warehouse.reader, question, access, rollups=())
    if list(routed.rows) != list(by_facts.rows):
        raise SystemExit(f"rollups and facts differ: {question}")
    ms, facts_ms = _median_ms(
        lambda: ask(warehouse.reader, question, access), lambda: ask(warehouse.reader, question, access, rollups=())
    )
    return {"ms": ms, "facts_ms": facts_ms, "ratio": ms / facts_ms}


def _deeper(warehouse: Warehouse) -> dict[str, Callable[[], object]]:
    reader, sessions = warehouse.reader, Sessions(last(80, NEW_YORK), NEW_YORK)
    return {
        "retention, weeks": lambda: retention(reader, RetentionRequest(sessions, Grain.WEEK, 8), SYSTEM),
        "funnel": lambda: completion_funnel(reader, sessions, SYSTEM),
        "concurrency, days": lambda: concurrency(reader, sessions, Grain.DAY, SYSTEM),
        "stickiness": lambda: stickiness(reader, sessions, SYSTEM),
        "playback quality": lambda: quality(reader, sessions, QualityBy.DEVICE, SYSTEM),
    }


def _median_ms(*calls: Callable[[], object]) -> list[float]:
    seconds: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS):
        for call, taken in zip(calls, seconds, strict=True):
            with timed(taken):
                call()
    return [statistics.median(taken) * 1000 for taken in seconds]


if __name__ == "__main__":
    main()
