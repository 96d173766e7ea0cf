"""Three answers to one question agree to the last digit: by rollups, by the facts, and by a plain recount in Python."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.integration.warehouse.modes import Modes
from tests.integration.warehouse.recount import Key, bucket_name, recount
from tests.integration.warehouse.worlds import COUNTRIES, DAY_S, DEVICES, GENRES, World, load_in_pieces, random_world
from warehouse import Warehouse
from warehouse.access import SYSTEM
from warehouse.model.facts import FACTS
from warehouse.model.measures import MEASURES
from warehouse.model.time_steps import Step
from warehouse.query.answer import Answer, ask
from warehouse.query.compiler import Statement, compile_question
from warehouse.query.listing import MOVIE_LIST, by_keys
from warehouse.query.local_time import Grain, Range, day_start
from warehouse.query.question import AllOf, AnyOf, Condition, Filter, Group, Not, OrderByMeasure, Question

pytestmark = pytest.mark.slow

# `make prove` asks fifty thousand, of worlds of other seeds.
QUESTIONS_PER_WORLD = 25
RANKINGS_PER_WORLD = 8
# Hours and quarters of an hour are asked of so many days to each side.
LONGEST_FINE_DAYS = 5

# Dimensions that a rollup holds beside each other, and measures that each rollup has.
STORED_TOGETHER = (
    ("time", "hour_of_day", "day_of_week"),
    ("time", "hour_of_day"),
    ("time", "device", "quality"),
    ("time", "genre", "day_of_week"),
    ("time", "country"),
    ("time", "movie", "director", "release_year"),
)
STORED_MEASURES = ["views", "watch_hours", "viewers", "completion_rate", "buffering_per_view"]

# Zone -> an instant at which its clock changes: by whole and half hours, a minute past midnight, a whole day, never.
CHANGES = {
    "UTC": 1_767_225_600,
    "America/New_York": 1_772_953_200,
    "Asia/Kolkata": 1_767_225_600,
    "Asia/Kathmandu": 1_767_225_600,
    "Pacific/Chatham": 1_775_311_200,
    "Australia/Lord_Howe": 1_775_314_800,
    "Pacific/Apia": 1_325_239_200,
    "America/Sao_Paulo": 1_541_300_400,
    "America/St_Johns": 1_289_097_060,
    "Asia/Gaza": 1_301_608_860,
    "America/Caracas": 1_197_183_600,
}


@pytest.fixture(
    scope="module", params=[*((zone, "embedded") for zone in sorted(CHANGES)), ("America/New_York", "server")]
)
def served(
    request: pytest.FixtureRequest, modes: Modes, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, World, Warehouse]]:
    """A zone, a world around a change of its clock, and the warehouse that was loaded with it."""
    zone, mode = request.param
    chance = Random(zone)
    world = random_world(chance, CHANGES[zone])
    with modes.new(mode, tmp_path_factory.mktemp("warehouse")) as warehouse:
        load_in_pieces(warehouse, world, chance)
        yield zone, world, warehouse


def test_rollups_facts_and_a_plain_recount_agree(served: tuple[str, World, Warehouse]) -> None:
    zone, world, warehouse = served
    served_by: Counter[str] = Counter()
    for question in sample(zone):
        served_by.update(ways(check(warehouse, world, question).statement))
    assert served_by["pieces and edges"] >= 2, served_by
    assert served_by["pieces and edges"] + served_by["pieces alone"] >= 6, served_by


def test_the_sample_asks_ranges_of_every_kind_in_every_way() -> None:
    """Otherwise the agreement proves little."""
    asked = [question for zone in CHANGES for question in sample(zone)]
    ranges = Counter(kind for question in asked for kind in kinds(question))
    served_by = Counter(way for question in asked for way in ways(compile_question(question, SYSTEM)))
    for kind in ("odd seconds", "odd hours", "whole days", "whole months", "whole years"):
        assert ranges[kind] >= 15, ranges
    for way in ("pieces alone", "pieces and edges", "facts alone", *(step.name for step in Step)):
        assert served_by[way] >= 15, served_by


def sample(zone: str) -> list[Question]:
    """The questions that are asked in a zone."""
    return [random_question(Random(f"{zone} {seed}"), zone, CHANGES[zone]) for seed in range(QUESTIONS_PER_WORLD)]


def kinds(question: Question) -> list[str]:
    """What a range is like."""
    zone = ZoneInfo(question.zone)
    start, end = (
        datetime.fromtimestamp(at, zone).replace(tzinfo=None) for at in (question.span.start, question.span.end)
    )
    found = []
    if any(at % 900 for at in (question.span.start, question.span.end)):
        found.append("odd seconds")
    elif any(at % DAY_S for at in (question.span.start, question.span.end)):
        found.append("odd hours")
    if all((at.hour, at.minute, at.second) == (0, 0, 0) for at in (start, end)):
        found.append("whole days")
        if start.day == end.day == 1:
            found.append("whole months")
            if start.month == end.month == 1:
                found.append("whole years")
    return found


def ways(statement: Statement) -> list[str]:
    """How the legs of a question are answered: of facts or a rollup, and by which steps."""
    found = []
    for cover in (route.cover for route in statement.routes):
        if cover is None:
            found.append("facts alone")
        else:
            found += ["pieces and edges" if cover.edges else "pieces alone", *(step.name for step in cover.pieces)]
    return found


def test_the_first_films_of_a_ranking_are_those_of_the_facts(served: tuple[str, World, Warehouse]) -> None:
    """Their sets are read after it is known which films they are."""
    zone, world, warehouse = served
    chance = Random(f"films {zone}")
    pieces = 0
    for _ in range(RANKINGS_PER_WORLD):
        asked = Question(
            (Group("movie"),),
            tuple(chance.sample(("viewers", "views", "watch_hours", "completion_rate"), 3)),
            _span(chance, zone, CHANGES[zone], 30),
            zone,
            _filter(chance, ["movie", "genre", "director", "release_year"], 2) if chance.random() < 0.5 else None,
        )
        orders = (OrderByMeasure(chance.choice(("views", "watch_hours", "viewers")), descending=chance.random() < 0.7),)
        ranked = replace(asked, orders=orders, limit=chance.choice((1, 3, 5, 12)))
        routed, by_facts = ask(warehouse.reader, ranked, SYSTEM), ask(warehouse.reader, ranked, SYSTEM, rollups=())
        everything = recount(world, ranked)
        assert list(routed.rows) == list(by_facts.rows), ranked
        assert len(routed.rows) == min(ranked.limit or 0, len(everything)), ranked
        told = _keyed(warehouse, routed)
        assert told == {key: everything[key] for key in told}, ranked
        pieces += any(route.cover for route in routed.statement.routes)
    assert pieces > RANKINGS_PER_WORLD // 2, "the facts served: the test proves nothing"


def check(warehouse: Warehouse, world: World, question: Question) -> Answer:
    """Hold three answers to a question against each other; returns the routed one."""
    routed = ask(warehouse.reader, question, SYSTEM)
    by_facts = ask(warehouse.reader, question, SYSTEM, rollups=())
    assert list(routed.rows) == list(by_facts.rows), question
    assert _keyed(warehouse, routed) == recount(world, question), question
    return routed


def random_question(chance: Random, zone: str, centre: int) -> Question:
    """Any question: groups, measures, filters and a range around an instant; half of them ask for what rollups hold."""
    if chance.random() < 0.5:
        facts: tuple[str, ...] = ("viewing",)
        dimensions: Sequence[str] = chance.choice(STORED_TOGETHER)
        known = {"viewing": STORED_MEASURES}
    else:
        facts = chance.choice(
            (("viewing",), ("viewing",), ("viewing", "rating"), ("viewing", "rating", "user"), ("viewing", "catalogue"))
        )
        dimensions = sorted(frozenset.intersection(*(FACTS[fact].dimensions for fact in facts)))
        known = {fact: [slug for slug, measure in MEASURES.items() if measure.fact == fact] for fact in facts}
    most = chance.choice((0, 1, 1, 2, 3))
    groups = tuple(_group(chance, dimension) for dimension in chance.sample(dimensions, min(most, len(dimensions))))
    measures = [chance.choice(slugs) for slugs in known.values()]
    measures += chance.sample(known["viewing"], chance.randrange(0, 4))
    fine = any(group.grain in (Grain.QUARTER_HOUR, Grain.HOUR) for group in groups)
    where = _filter(chance, [name for name in dimensions if name != "time"], 2) if chance.random() < 0.5 else None
    span = _span(chance, zone, centre, LONGEST_FINE_DAYS if fine else 30)
    return Question(groups, tuple(dict.fromkeys(measures)), span, zone, where)


def _group(chance: Random, dimension: str) -> Group:
    grain = chance.choice(list(Grain)) if dimension == "time" else None
    return Group(dimension, grain, "app.version" if dimension == "attribute" else None)


def _span(chance: Random, zone: str, centre: int, most_days: int) -> Range:
    """A range around or beside an instant: at any seconds, on a grid, or whole local days, months and years."""
    start = centre - chance.randrange(1, most_days * DAY_S)
    end = centre + chance.randrange(1, most_days * DAY_S)
    local = None if chance.random() < 0.5 else chance.choice(("day", "month", "year"))
    if most_days <= LONGEST_FINE_DAYS and local is not None:
        local = "day"
    if local is not None:
        return _local_span(chance, zone, local, start, end)
    # Each end for itself: most ranges that people name begin on a grid and end now.
    start, end = (at // step * step for at, step in ((start, _grid(chance)), (end, _grid(chance))))
    return Range(start, max(end, start + 1))


def _grid(chance: Random) -> int:
    return chance.choice((1, 1, 60, 900, 3600, DAY_S))


def _local_span(chance: Random, zone: str, unit: str, start: int, end: int) -> Range:
    """Whole days, months or years of local time around two instants."""
    first, last = (datetime.fromtimestamp(at, ZoneInfo(zone)).date() for at in (start, end))
    if unit == "day":
        ends = first, last + timedelta(days=1)
    elif unit == "month":
        ends = first.replace(day=1), (last.replace(day=1) + timedelta(days=31 * chance.randrange(1, 4))).replace(day=1)
    else:
        ends = date(first.year, 1, 1), date(last.year + chance.randrange(1, 3), 1, 1)
    return Range(*(day_start(zone, day) for day in ends))


def _filter(chance: Random, dimensions: list[str], depth: int) -> Filter:
    kind = chance.choice(("test", "test", "and", "or", "not")) if depth else "test"
    if kind == "test":
        return _test(chance, dimensions)
    if kind == "not":
        return Not(_filter(chance, dimensions, depth - 1))
    parts = tuple(_filter(chance, dimensions, depth - 1) for _ in range(chance.randrange(0, 3)))
    return AllOf(parts) if kind == "and" else AnyOf(parts)


def _test(chance: Random, dimensions: list[str]) -> Condition:
    tests = {
        "country": Condition("country", "in", tuple(chance.sample(COUNTRIES[:-1], 2))),
        "genre": Condition("genre", chance.choice(("eq", "has")), chance.choice(GENRES)),
        "device": Condition("device", "eq", chance.choice(DEVICES[:-1])),
        "age_band": Condition("age_band", "in", ("18-24", "Unknown")),
        "movie": Condition("movie", "in", ("1", "3", "no id")),
        "director": Condition("director", "eq", "A. Berg"),
        "release_year": Condition("release_year", chance.choice(("gte", "lt")), 2019),
        "hour_of_day": Condition("hour_of_day", chance.choice(("gte", "lt")), chance.randrange(24)),
        "day_of_week": Condition("day_of_week", "in", (1, 6, 7)),
        "gender": Condition("gender", "eq", "Unknown"),
        "subscription": Condition("subscription", "eq", "Premium"),
        "quality": Condition("quality", "eq", "4K"),
        "attribute": Condition("attribute", "in", ("2.1", "Unknown"), "app.version"),
        "days_since_release": Condition("days_since_release", chance.choice(("gte", "lt")), 1000),
    }
    return tests[chance.choice([name for name in tests if name in dimensions])]


def _keyed(warehouse: Warehouse, answer: Answer) -> dict[Key, dict[str, Any]]:
    """An answer's rows as the recount names them; each `time` cell must be the first instant of its bucket."""
    question = answer.question
    films = _films(warehouse, answer)
    keyed: dict[Key, dict[str, Any]] = {}
    for row in answer.rows:
        key = tuple(
            films[cell] if group.dimension == "movie" else _name(group, cell, question.zone)
            for group, cell in zip(question.groups, row.groups, strict=True)
        )
        assert key not in keyed, f"two rows of one group: {key}"
        keyed[key] = dict(row.now)
    return keyed


def _films(warehouse: Warehouse, answer: Answer) -> dict[Any, int]:
    """The number of each film that an answer names by its key."""
    places = [place for place, group in enumerate(answer.question.groups) if group.dimension == "movie"]
    keys: list[Any] = [row.groups[place] for row in answer.rows for place in places]
    found = by_keys(warehouse.engine, MOVIE_LIST, ("id",), keys, SYSTEM) if keys else {}
    return {key: int(film["id"] & (2**64 - 1)) for key, film in found.items()}


def _name(group: Group, cell: Any, zone: str) -> Any:
    if group.grain is None:
        return cell
    start = int(datetime.fromisoformat(cell).timestamp())
    name = bucket_name(start, zone, group.grain)
    assert bucket_name(start - 1, zone, group.grain) != name, f"{cell} is not the start of its bucket"
    return name
