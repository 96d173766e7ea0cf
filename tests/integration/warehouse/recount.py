"""The plain recount: a question answered from Python rows alone, with none of the compiler's code.

Local time comes from `zoneinfo` row by row: a bucket is known by its local calendar name (and for hours and quarters by
its offset too, because an hour that repeats is two).
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from tests.integration.warehouse.worlds import Film, Person, Review, Session, World
from warehouse.model.measures import MEASURES
from warehouse.query.local_time import Grain
from warehouse.query.question import AllOf, AnyOf, Condition, Filter, Group, Not, Question

Key = tuple[Any, ...]
TEXTS = frozenset(
    {"genre", "director", "device", "quality", "country", "subscription", "age_band", "gender", "attribute"}
)
AGE_BANDS = ((18, "under 18"), (25, "18-24"), (35, "25-34"), (45, "35-44"), (55, "45-54"))


def bucket_name(instant: int, zone: str, grain: Grain) -> Key:
    """What tells a bucket from all others."""
    local = datetime.fromtimestamp(instant, ZoneInfo(zone))
    day = local.date()
    match grain:
        case Grain.QUARTER_HOUR:
            return day, local.hour, local.minute // 15, local.utcoffset()
        case Grain.HOUR:
            return day, local.hour, local.utcoffset()
        case Grain.DAY:
            return (day,)
        case Grain.WEEK:
            return (day - timedelta(days=day.weekday()),)
        case Grain.MONTH:
            return day.year, day.month
        case Grain.QUARTER:
            return day.year, (day.month - 1) // 3
        case Grain.YEAR:
            return (day.year,)


def said(text: str | None) -> str | None:
    """A text, None where it says nothing: a client that sends "Unknown" knows no more than one that sends nothing."""
    return None if text in ("", "Unknown") else text


def age_band(age: int | None) -> str | None:
    """The band of an age."""
    if age is None:
        return None
    return next((band for below, band in AGE_BANDS if age < below), "55+")


def dimension_value(dimension: str, row: Session | Review, world: World, zone: str) -> Any:
    """A row's value of a dimension other than `time`."""
    film, person = world.films[row.film], world.people[row.user]
    instant = row.start if isinstance(row, Session) else row.given
    local = datetime.fromtimestamp(instant, ZoneInfo(zone))
    released = None if film.year is None else date(1970, 1, 1) + timedelta(days=(film.year - 1970) * 365 + 200)
    values: dict[str, Callable[[], Any]] = {
        "days_since_release": lambda: None if released is None else (local.date() - released).days,
        "attribute": lambda: said(getattr(row, "app", None)),
        "hour_of_day": lambda: local.hour,
        "day_of_week": local.isoweekday,
        "movie": lambda: film.number,
        "genre": lambda: said(film.genres[0]) if film.genres else None,
        "director": lambda: said(film.director),
        "release_year": lambda: film.year,
        "device": lambda: said(getattr(row, "device", None)),
        "quality": lambda: said(getattr(row, "quality", None)),
        **_person_values(person),
    }
    return values[dimension]()


def _person_values(person: Person) -> dict[str, Callable[[], Any]]:
    return {
        "country": lambda: said(person.country),
        "subscription": lambda: said(person.plan),
        "age_band": lambda: age_band(person.age),
        "gender": lambda: said(person.gender),
    }


def passes(where: Filter | None, value_of: Callable[[str], Any], film: Film | None) -> bool:
    """Whether a row passes a filter; a text that is missing is "Unknown" there, a number passes no test."""
    match where:
        case None:
            return True
        case AllOf(parts):
            return all(passes(part, value_of, film) for part in parts)
        case AnyOf(parts):
            return any(passes(part, value_of, film) for part in parts)
        case Not(part):
            return not passes(part, value_of, film)
        case Condition():
            return _holds(where, value_of, film)


def _holds(condition: Condition, value_of: Callable[[str], Any], film: Film | None) -> bool:
    wanted: Any = condition.value
    if condition.operator == "has":
        return film is not None and wanted in (film.genres or ("Unknown",))
    value = value_of(condition.dimension)
    if value is None and condition.dimension in TEXTS:
        value = "Unknown"
    if condition.dimension == "movie":
        value = str(value)
    match condition.operator:
        case "eq":
            return bool(value == wanted)
        case "in":
            return value in wanted
        case "gte":
            return value is not None and value >= wanted
        case _:
            return value is not None and value < wanted


def recount(world: World, question: Question) -> dict[Key, dict[str, Any]]:
    """Group → measure → value for the question's own range."""
    answers: dict[Key, dict[str, Any]] = defaultdict(dict)
    for fact in question.facts:
        grouped: dict[Key, list[Any]] = defaultdict(list)
        for key, row in _rows(world, question, fact):
            grouped[key].append(row)
        if not question.groups:
            grouped.setdefault((), [])
        for key, rows in grouped.items():
            answers[key] |= _measures(fact, rows)
            if fact == "viewing":
                answers[key] |= _first_timers(world, question, rows)
    empty = {slug: measure.empty for slug, measure in MEASURES.items()}
    return {key: {slug: values.get(slug, empty[slug]) for slug in question.needed} for key, values in answers.items()}


def _rows(world: World, question: Question, fact: str) -> Iterable[tuple[Key, Any]]:
    if fact == "catalogue":
        for film in world.films.values():
            value_of = partial(_film_value, film)
            if passes(question.where, value_of, film):
                yield tuple(value_of(group.dimension) for group in question.groups), film
        return
    if fact == "user":
        for person in world.people.values():
            values = _person_values(person)
            if passes(question.where, partial(_called, values), None):
                yield tuple(values[group.dimension]() for group in question.groups), person
        return
    rows: Iterable[Session | Review] = world.sessions if fact == "viewing" else world.reviews
    for row in rows:
        instant = row.start if isinstance(row, Session) else row.given
        if not question.span.start <= instant < question.span.end:
            continue
        value_of = partial(dimension_value, row=row, world=world, zone=question.zone)
        if passes(question.where, value_of, world.films[row.film]):
            yield tuple(_group_value(group, row, instant, world, question.zone) for group in question.groups), row


def _called(values: Mapping[str, Callable[[], Any]], name: str) -> Any:
    return values[name]()


def _film_value(film: Film, dimension: str) -> Any:
    return {
        "movie": film.number,
        "genre": said(film.genres[0]) if film.genres else None,
        "director": said(film.director),
        "release_year": film.year,
    }[dimension]


def _first_timers(world: World, question: Question, rows: list[Session]) -> dict[str, Any]:
    """New and returning viewers of a group: by each row's bucket, or without `time` by the range."""
    firsts: dict[int, int] = {}
    for session in world.sessions:
        firsts[session.user] = min(firsts.get(session.user, session.start), session.start)
    grains = [group.grain for group in question.groups if group.grain is not None]
    new, returning = set(), set()
    for row in rows:
        # The first session is in the bucket where it has the bucket's name; the latest bucket counts.
        before = any(
            firsts[row.user] < row.start
            and bucket_name(firsts[row.user], question.zone, grain) != bucket_name(row.start, question.zone, grain)
            for grain in grains
        )
        if before or (not grains and firsts[row.user] < question.span.start):
            returning.add(row.user)
        else:
            new.add(row.user)
    return {"new_viewers": len(new), "returning_viewers": len(returning)}


def _nearest_rank(values: list[int], percent: int) -> float | None:
    return sorted(values)[math.ceil(len(values) * percent / 100) - 1] / 10_000 if values else None


def _group_value(group: Group, row: Session | Review, instant: int, world: World, zone: str) -> Any:
    if group.grain is not None:
        return bucket_name(instant, zone, group.grain)
    return dimension_value(group.dimension, row, world, zone)


def _measures(fact: str, rows: list[Any]) -> dict[str, Any]:
    if fact == "user":
        return {"users": len(rows)}
    if fact == "catalogue":
        return {"catalogue_titles": len(rows)}
    if fact == "rating":
        stars = [row.stars_e2 for row in rows]
        return {"ratings_count": len(rows), "average_rating": sum(stars) / (len(stars) * 100) if stars else None}
    completions = [row.completion_e6 for row in rows if row.completion_e6 is not None]
    buffering = [row.buffering for row in rows if row.buffering is not None]
    minutes_e4 = sum(row.minutes_e4 for row in rows)
    return {
        "views": len(rows),
        "viewers": len({row.user for row in rows}),
        "active_titles": len({row.film for row in rows}),
        "watch_minutes": minutes_e4 / 10_000,
        "watch_minutes_p50": _nearest_rank([row.minutes_e4 for row in rows], 50),
        "watch_minutes_p95": _nearest_rank([row.minutes_e4 for row in rows], 95),
        "watch_hours": minutes_e4 / 600_000,
        "average_watch_minutes": minutes_e4 / (len(rows) * 10_000) if rows else None,
        "completion_rate": sum(completions) / (len(completions) * 1_000_000) if completions else None,
        "completed_views": sum(value >= 900_000 for value in completions),
        "buffering_events": sum(buffering),
        "buffering_per_view": sum(buffering) / len(buffering) if buffering else None,
    }
