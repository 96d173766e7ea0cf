"""Random arguments that every question takes: ranges around a world's centre, and filters of every shape."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.oracle.clock import DAY_S, clock_of, floor_day, next_day
from tests.oracle.worlds import (
    COUNTRIES,
    DEVICES,
    DIRECTORS,
    GENDERS,
    GENRES,
    PLANS,
    QUALITIES,
    TESTS,
    TITLES,
    VERSIONS,
    Setting,
)

FILM = ("movie", "genre", "director", "releaseYear")
PEOPLE = ("country", "subscription", "ageBand", "gender")
WALL_CLOCK = ("hourOfDay", "dayOfWeek")
FILTERED: Mapping[str, Sequence[str]] = {
    "viewing": (*FILM, *PEOPLE, *WALL_CLOCK, "daysSinceRelease", "device", "quality", "attribute"),
    "rating": (*FILM, *PEOPLE, *WALL_CLOCK, "daysSinceRelease"),
}
ATTRIBUTES: Mapping[str, tuple[str, ...]] = {"app.version": VERSIONS, "test": TESTS}
BANDS = ("under 18", "18-24", "25-34", "35-44", "45-54", "55+", None)
TEXTS: Mapping[str, Sequence[str | None]] = {
    "director": DIRECTORS,
    "device": DEVICES,
    "quality": QUALITIES,
    "country": COUNTRIES,
    "subscription": PLANS,
    "ageBand": BANDS,
    "gender": GENDERS,
}
COUNTRY_LETTERS = 2
DAYS = {"P7D": 7, "P30D": 30, "P2W": 14, "P1M": 31, "P3M": 92, "P1Y": 366, "P90D": 90}


@dataclass(frozen=True)
class Reach:
    """A range argument, about how many days it is long, and the grain of which it is two buckets, if it is."""

    argument: Mapping[str, str] | None
    days: int
    unit: str | None = None


def shared(chance: Random, setting: Setting, fact: str = "viewing") -> tuple[dict[str, Any], Reach]:
    """`range`, `timeZone` and `where`, each left out at times."""
    reach = _range(chance, setting)
    args: dict[str, Any] = {"range": dict(reach.argument)} if reach.argument else {}
    if setting.zone != "UTC":
        args["timeZone"] = setting.zone if chance.random() < 0.95 else "UTC"
    if chance.random() < 0.5:
        args["where"] = _filter(chance, setting, setting.open(FILTERED[fact]))
    return args, reach


def as_of(chance: Random, setting: Setting) -> dict[str, str]:
    """A moment before the last load, at times, where there is one."""
    return {"asOf": chance.choice(setting.moments)} if setting.moments and chance.random() < 0.25 else {}


def _range(chance: Random, setting: Setting) -> Reach:
    day = setting.day + timedelta(days=chance.choice((0, 0, chance.randrange(-30, 20))))
    shape = chance.random()
    if shape < 0.1:
        return _two_units(chance, setting)
    if shape < 0.2:
        last = chance.choice(list(DAYS))
        return Reach({"last": last}, DAYS[last])
    if shape < 0.23:
        return Reach(None, 90)
    if shape < 0.35:
        ends = (setting.centre + chance.randrange(-DAY_S, 0), setting.centre + chance.randrange(1, DAY_S))
        return Reach({"from": _instant(ends[0]), "to": _instant(ends[1])}, 2)
    start, end = _units(chance, day) if shape < 0.65 else _days(chance, day)
    return Reach({"from": _written(chance, setting, start), "to": _written(chance, setting, end)}, (end - start).days)


def _two_units(chance: Random, setting: Setting) -> Reach:
    """The unit that the centre is in and the one before, often of unlike length, to be asked by that unit."""
    unit = chance.choice(("DAY", "WEEK", "MONTH", "QUARTER", "YEAR"))
    start = floor_day(floor_day(setting.day, unit) - timedelta(days=1), unit)
    end = next_day(next_day(start, unit), unit)
    return Reach({"from": start.isoformat(), "to": end.isoformat()}, (end - start).days, unit)


def _units(chance: Random, day: date) -> tuple[date, date]:
    unit = chance.choice(("MONTH", "MONTH", "QUARTER", "YEAR", "WEEK"))
    start = end = floor_day(day, unit)
    for _ in range(chance.choice((1, 1, 2, 3))):
        end = next_day(end, unit)
    return start, end


def _days(chance: Random, day: date) -> tuple[date, date]:
    start = day - timedelta(days=chance.choice((0, 0, 1, 2, 3, 10, 30)))
    return start, start + timedelta(days=chance.choice((1, 1, 2, 3, 7, 20, 45)))


def _written(chance: Random, setting: Setting, day: date) -> str:
    """The start of a local day, as a date or as the instant that it is."""
    return day.isoformat() if chance.random() < 0.75 else _instant(clock_of(setting.zone).first_instant(day))


def _instant(at: int) -> str:
    return clock_of("UTC").text(at)


def _filter(chance: Random, setting: Setting, names: Sequence[str], depth: int = 2) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: _test(chance, setting, name) for name in chance.sample(names, chance.choice((0, 1, 1, 2)))
    }
    for name in ("and", "or") if depth else ():
        if chance.random() < 0.3:
            count = chance.choice((0, 1, 1, 2, 2, 2, 2, 3, 3, 3))
            found[name] = [_filter(chance, setting, names, depth - 1) for _ in range(count)]
    if depth and chance.random() < 0.3:
        found["not"] = _filter(chance, setting, names, depth - 1)
    return found or {name: _test(chance, setting, name) for name in chance.sample(names, 1)}


def _test(chance: Random, setting: Setting, name: str) -> dict[str, Any]:
    if name == "attribute":
        path = chance.choice(list(ATTRIBUTES))
        return {"path": path, **_text(chance, (*ATTRIBUTES[path], None))}
    if name == "movie":
        return _among(chance, [str(number) for number in range(1, len(TITLES) + 2)])
    if name == "genre":
        return {"has": chance.choice((*GENRES, "Unknown"))} if chance.random() < 0.4 else _text(chance, (*GENRES, None))
    return _text(chance, TEXTS[name], name == "country") if name in TEXTS else _number(chance, setting, name)


def _text(chance: Random, values: Sequence[str | None], any_case: bool = False) -> dict[str, Any]:
    shape = chance.random()
    if shape < 0.1:
        return {"isNull": chance.choice((True, False))}
    if shape < 0.25:
        known = chance.choice([value for value in values if value] or ["x"])
        start = chance.randrange(len(known))
        part = known[start : start + chance.randrange(1, 4)]
        return {chance.choice(("contains", "startsWith")): chance.choice((part.upper(), part.lower(), known[:2]))}
    return _among(chance, values, any_case)


def _among(chance: Random, values: Sequence[str | None], any_case: bool = False) -> dict[str, Any]:
    texts = sorted({value or "Unknown" for value in values})
    if any_case and chance.random() < 0.1:
        texts = [text.lower() if len(text) == COUNTRY_LETTERS else text for text in texts]
    shape = chance.random()
    among = {chance.choice(("in", "in", "notIn")): chance.sample(texts, min(len(texts), chance.choice((0, 1, 2, 2))))}
    if shape < 0.4:
        return among
    return {chance.choice(("eq", "eq", "ne")): chance.choice(texts)} | (among if shape > 0.95 else {})


def _number(chance: Random, setting: Setting, name: str) -> dict[str, Any]:
    values = {
        "hourOfDay": range(24),
        "dayOfWeek": range(1, 8),
        "releaseYear": (1999, 2004, setting.day.year - 1, setting.day.year),
        "daysSinceRelease": range(-20, 60),
    }[name]
    shape = chance.random()
    if shape < 0.2:
        return {chance.choice(("eq", "ne")): chance.choice(values)}
    if shape < 0.4:
        return {chance.choice(("in", "notIn")): chance.sample(list(values), 3)}
    if shape < 0.45:
        return {"isNull": chance.choice((True, False))}
    low, high = sorted(chance.sample(list(values), 2))
    above, below = {chance.choice(("gt", "gte")): low}, {chance.choice(("lt", "lte")): high}
    return chance.choice((above | below, above, below))
