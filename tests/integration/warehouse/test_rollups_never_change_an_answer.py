"""Three answers to one question agree to the last digit: by rollups, by the facts, and by a plain recount in Python."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.integration.warehouse.modes import Modes
from tests.integration.warehouse.recount import Key, bucket_name, recount
from tests.integration.warehouse.worlds import COUNTRIES, DAY_S, DEVICES, GENRES, World, load_in_pieces, random_world
from warehouse import Warehouse
from warehouse.access import SYSTEM
from warehouse.model.facts import FACTS
from warehouse.model.measures import MEASURES
from warehouse.query.answer import Answer, ask
from warehouse.query.listing import MOVIE_LIST, by_keys
from warehouse.query.local_time import Grain, Range
from warehouse.query.question import AllOf, AnyOf, Condition, Filter, Group, Not, Question

# `make prove` asks fifty thousand, of worlds of other seeds.
QUESTIONS_PER_WORLD = 25

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
    sources: Counter[str] = Counter()

    @settings(max_examples=QUESTIONS_PER_WORLD, deadline=None, derandomize=True, database=None, print_blob=False)
    @given(st.randoms(use_true_random=True))
    def agree(chance: Random) -> None:
        sources.update(check(warehouse, world, random_question(chance, zone, CHANGES[zone])).sources)

    agree()
    assert sources["viewing_sessions"] < sum(sources.values()), "no rollup served: the test proves nothing"


def check(warehouse: Warehouse, world: World, question: Question) -> Answer:
    """Hold three answers to a question against each other; returns the routed one."""
    routed = ask(warehouse.reader, question, SYSTEM)
    by_facts = ask(warehouse.reader, question, SYSTEM, rollups=())
    assert list(routed.rows) == list(by_facts.rows), question
    assert _keyed(warehouse, routed) == recount(world, question), question
    return routed


def random_question(chance: Random, zone: str, centre: int) -> Question:
    """Any question: groups, measures, filters and a range around an instant."""
    facts = chance.choice(
        (("viewing",), ("viewing",), ("viewing", "rating"), ("viewing", "rating", "user"), ("viewing", "catalogue"))
    )
    dimensions = sorted(frozenset.intersection(*(FACTS[fact].dimensions for fact in facts)))
    groups = tuple(_group(chance, dimension) for dimension in chance.sample(dimensions, chance.choice((0, 1, 1, 2, 3))))
    known = {fact: [slug for slug, measure in MEASURES.items() if measure.fact == fact] for fact in facts}
    measures = [chance.choice(slugs) for slugs in known.values()]
    measures += chance.sample(known["viewing"], chance.randrange(0, 4))
    fine = any(group.grain in (Grain.QUARTER_HOUR, Grain.HOUR) for group in groups)
    where = _filter(chance, dimensions, 2) if chance.random() < 0.5 else None
    return Question(groups, tuple(dict.fromkeys(measures)), _span(chance, centre, 5 if fine else 30), zone, where)


def _group(chance: Random, dimension: str) -> Group:
    grain = chance.choice(list(Grain)) if dimension == "time" else None
    return Group(dimension, grain, "app.version" if dimension == "attribute" else None)


def _span(chance: Random, centre: int, most_days: int) -> Range:
    step = chance.choice((1, 900, 3600, DAY_S))
    start = (centre - chance.randrange(1, most_days * DAY_S)) // step * step
    end = (centre + chance.randrange(1, most_days * DAY_S)) // step * step
    return Range(start, max(end, start + step))


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
