"""Random questions that the API must answer; those of `viewing` and `rating` are made here."""

from collections.abc import Mapping, Sequence
from math import prod
from random import Random
from typing import Any

from tests.oracle.arguments import ATTRIBUTES, FILM, FILTERED, WALL_CLOCK, Reach, as_of, shared
from tests.oracle.panel_questions import PANELS
from tests.oracle.question_rows import GRAINS
from tests.oracle.selections import Cell, cell, of_enum
from tests.oracle.worlds import Setting

ADDED = ("views", "watchMinutes", "watchHours", "completedViews", "bufferingEvents")
SHARES = ("averageWatchMinutes", "completionRate", "bufferingPerView", "watchMinutesP50", "watchMinutesP95")
PERSONS = ("viewers", "activeTitles", "newViewers", "returningViewers")
MEASURES: Mapping[str, Sequence[str]] = {
    "viewing": (*ADDED, *SHARES, *PERSONS),
    "rating": ("ratingsCount", "averageRating"),
}
# A filled answer has at most 10,000 rows.
MOST_CELLS = 8_000
MOST_VALUES = {"daysSinceRelease": 200, "hourOfDay": 24, "movie": 10}
# `hourOfDay` beside `time` is compared by hours, of which a range has at most 20,000.
MOST_DAYS_OF_HOURS = 800


def random_question(chance: Random, setting: Setting) -> Cell:
    """A question about the world of a setting."""
    shape = chance.random()
    if shape < 0.6:
        return _grouped(chance, setting, "viewing")
    if shape < 0.7:
        return _grouped(chance, setting, "rating")
    return chance.choice(PANELS)(chance, setting)


def _grouped(chance: Random, setting: Setting, fact: str) -> Cell:
    args, reach = shared(chance, setting, fact)
    args |= as_of(chance, setting)
    if fact == "viewing" and chance.random() < 0.1:
        dimensions, measures = _of_catalogue(chance)
        ranking: Sequence[str] = ("catalogueTitles",)
    else:
        dimensions = _dimensions(chance, setting, fact, reach)
        measures = chance.sample(MEASURES[fact], min(len(MEASURES[fact]), chance.choice((1, 2, 3, 5))))
        ranking = (*measures, *MEASURES[fact])
    by = [_named(one) for one in dimensions if one["name"] != "attribute"]
    paths = [one["args"]["path"] for one in dimensions if one["name"] == "attribute"]
    chosen: dict[str, Any] = {"by": by} if by or chance.random() < 0.1 else {}
    chosen |= {"attributes": paths} if paths else {}
    # What is grouped by need not be shown.
    shown = [one for one in dimensions if chance.random() < 0.95]
    rows = [*shown, *map(cell, measures)]
    chance.shuffle(rows)
    by_hours = {"time", "hourOfDay"} <= {one["name"] for one in dimensions}
    if chance.random() < 0.5 and not (by_hours and reach.days > MOST_DAYS_OF_HOURS):
        args["compareTo"] = chance.choice(("PREVIOUS_PERIOD", "PREVIOUS_YEAR"))
        rows += _compared(chance, measures)
    chosen |= _shaped(chance, dimensions, reach, ranking) | _chosen(chance, dimensions, measures, ranking)
    if "top" in chosen or chance.random() < 0.05:
        rows.append(cell("isOthers"))
    totals = [cell("totals", *map(cell, measures))] if chance.random() < 0.4 else []
    return cell(fact, cell("rows", *rows, **chosen), *totals, **args)


def _named(one: Cell) -> str:
    return str(one["args"]["grain"]) if one["name"] == "time" else of_enum(one["name"])


def _compared(chance: Random, measures: Sequence[str]) -> list[Cell]:
    if chance.random() < 0.1:
        return []
    wanted = [cell(name) for name in chance.sample(measures, chance.randrange(1, len(measures) + 1))]
    return [cell("previous", *wanted), *([cell("change", *wanted)] if chance.random() < 0.5 else [])]


def _shaped(chance: Random, dimensions: Sequence[Cell], reach: Reach, ranking: Sequence[str]) -> dict[str, Any]:
    """`top` and `fill`, where they can be asked. Whether days since the release can be `top` is not promised."""
    names = [one["name"] for one in dimensions]
    args: dict[str, Any] = {}
    values = [name for name in names if name in FILTERED["viewing"] and name not in WALL_CLOCK]
    if values and "daysSinceRelease" not in values and chance.random() < 0.35:
        args["top"] = {"n": chance.choice((1, 2, 2, 3, 8)), "by": of_enum(chance.choice(ranking))}
        if chance.random() < 0.4:
            args["top"]["others"] = False
    grains = [one["args"]["grain"] for one in dimensions if one["name"] == "time"]
    if len(grains) == 1 and _buckets(reach, grains[0]) * _values(names) < MOST_CELLS and chance.random() < 0.4:
        args["fill"] = True
    return args


def _values(names: Sequence[str]) -> int:
    """How many groups the dimensions make, at most."""
    return prod(MOST_VALUES.get(name, 8) for name in names if name in FILTERED["viewing"])


def _buckets(reach: Reach, grain: str) -> int:
    return (reach.days + 1) * {"QUARTER_HOUR": 96, "HOUR": 24}.get(grain, 1)


def _chosen(
    chance: Random, dimensions: Sequence[Cell], measures: Sequence[str], ranking: Sequence[str]
) -> dict[str, Any]:
    """`having`, `orderBy` and `limit`, each left out at times."""
    args: dict[str, Any] = {}
    if chance.random() < 0.2:
        args["having"] = _having(chance, measures)
    if chance.random() < 0.5:
        args["orderBy"] = _order(chance, dimensions, ranking)
    if chance.random() < 0.35:
        args["limit"] = chance.choice((1, 2, 3, 5, 20))
    return args


def _dimensions(chance: Random, setting: Setting, fact: str, reach: Reach) -> list[Cell]:
    names = chance.sample(setting.open(FILTERED[fact]), chance.choice((0, 1, 1, 2)))
    found = [_dimension(chance, name) for name in names]
    if reach.unit or chance.random() < 0.55:
        found.append(cell("time", label=chance.choice((None, "bucket")), grain=random_grain(chance, reach)))
        if chance.random() < 0.06:
            found.append(cell("time", label="other", grain=random_grain(chance, reach)))
    chance.shuffle(found)
    # Attributes come after the others, as their argument does.
    return sorted(found, key=lambda one: one["name"] == "attribute")


def _dimension(chance: Random, name: str) -> Cell:
    if name == "attribute":
        return cell("attribute", path=chance.choice(list(ATTRIBUTES)))
    if name == "movie":
        fields = chance.sample(("title", "releaseDate", "genres", "director"), chance.randrange(3))
        return cell("movie", cell("id"), *map(cell, fields))
    return cell(name)


def random_grain(chance: Random, reach: Reach) -> str:
    """A grain of which a range has no more buckets than an answer may have."""
    if reach.unit:
        return reach.unit
    return chance.choice(GRAINS if reach.days <= 5 else GRAINS[1:] if reach.days <= 60 else GRAINS[2:])


def _of_catalogue(chance: Random) -> tuple[list[Cell], list[str]]:
    dimensions = [_dimension(chance, name) for name in chance.sample(FILM, chance.choice((0, 1, 1, 2)))]
    return dimensions, ["catalogueTitles", *chance.sample((*ADDED, *PERSONS), chance.randrange(2))]


def _order(chance: Random, dimensions: Sequence[Cell], ranking: Sequence[str]) -> list[dict[str, str]]:
    names = [one["name"] for one in dimensions]
    if names.count("time") > 1:
        names = [name for name in names if name != "time"]
    names += chance.choices(ranking, k=2)
    fields = dict.fromkeys(of_enum(name) for name in chance.sample(names, chance.randrange(1, min(3, len(names)) + 1)))
    return [
        {"field": field} | ({"direction": chance.choice(("ASC", "DESC"))} if chance.random() < 0.8 else {})
        for field in fields
    ]


def _having(chance: Random, measures: Sequence[str], depth: int = 1) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if not depth or chance.random() < 0.5:
        # No measure of these worlds is exactly one of these bounds: what a quotient is to the last digit is not asked.
        bound = chance.choice((0.3703, 1.3707, 2.5003, 61.3007, 100.2001))
        tests = ({"gte": bound}, {"lt": bound}, {"gt": 0, "lte": bound}, {"isNull": False}, {"ne": bound})
        found[chance.choice(measures)] = chance.choice(tests)
    for name in ("and", "or") if depth else ():
        if chance.random() < 0.3:
            found[name] = [_having(chance, measures, 0) for _ in range(2)]
    if depth and chance.random() < 0.4:
        found["not"] = _having(chance, measures, 0)
    return found or _having(chance, measures, 0)
