"""Answers over shards are those of one warehouse, however its users are divided: the same statements, merged by the
engine's own Distributed tables."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random
from types import MappingProxyType

import pytest

from tests.integration.warehouse.modes import embedded
from tests.integration.warehouse.shards import divided
from tests.integration.warehouse.test_rollups_never_change_an_answer import CHANGES, random_question, ways
from tests.integration.warehouse.worlds import load_in_pieces, random_world
from warehouse import Warehouse
from warehouse.access import SYSTEM, Access, Strategy
from warehouse.errors import Forbidden
from warehouse.insights.concurrency import concurrency
from warehouse.insights.funnel import completion_funnel
from warehouse.insights.playback_quality import QualityBy, quality
from warehouse.insights.retention import RetentionRequest, retention
from warehouse.insights.sessions import Sessions
from warehouse.insights.stickiness import stickiness
from warehouse.model.facts import FACTS
from warehouse.model.measures import MEASURES
from warehouse.model.rollups import Rollup
from warehouse.query.answer import Row, ask
from warehouse.query.local_time import Grain, Range
from warehouse.query.question import Group, Question, Top
from warehouse.query.reader import Reader

ZONE = "America/New_York"
CENTRE = CHANGES[ZONE]
DAY_S = 86_400
# To each asker.
QUESTIONS = 4
ASKERS = {
    "everything": SYSTEM,
    "two countries": replace(SYSTEM, scope=MappingProxyType({"country": ("DE", "Unknown")})),
    "a genre and a plan": replace(
        SYSTEM, scope=MappingProxyType({"genre": ("Drama", "Crime"), "subscription": ("Premium", "Unknown")})
    ),
    "masks": replace(
        SYSTEM,
        masks=MappingProxyType({"users.country": Strategy.HASH, "users.age": Strategy.NULL}),
        hash_key=b"a key of the tests, of 32 bytes..",
    ),
    "groups of at least three": replace(SYSTEM, minimum_group=3),
}
# Of each kind: sums, a ratio, sets of users and films, users by their first session, exact percentiles.
MEASURES_OF_EACH_KIND = (
    *("views", "watch_hours", "completion_rate", "viewers", "active_titles", "new_viewers", "returning_viewers"),
    *("watch_minutes_p50", "watch_minutes_p95", "average_rating", "users", "catalogue_titles"),
)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A random world with corrections, in one warehouse."""
    chance = Random(ZONE)
    with embedded(tmp_path_factory.mktemp("one")) as opened:
        load_in_pieces(opened, random_world(chance, CENTRE), chance)
        yield opened


@pytest.fixture(scope="module")
def three(warehouse: Warehouse) -> Iterator[Reader]:
    """The same on three shards."""
    with divided(warehouse, 3, seed=0) as reader:
        yield reader


def test_each_shard_has_a_part_of_the_users_and_none_has_another_s(three: Reader) -> None:
    found = three.engine.query(
        "SELECT uniqExact(shard) AS shards, sum(sessions) AS sessions, count() - uniqExact(user_key) AS twice FROM "
        "(SELECT user_key, _shard_num AS shard, count() AS sessions FROM viewing_sessions GROUP BY user_key, shard)"
    ).rows
    assert list(map(tuple, found)) == [(3, 400, 0)]


def test_shards_send_states_which_the_asked_server_merges(three: Reader) -> None:
    """Otherwise this file compares one way of reading with itself."""
    plan = three.engine.query(
        "EXPLAIN SELECT country, groupBitmapMerge(viewers) FROM country_analytics GROUP BY country"
    )
    text = "\n".join(str(row[0]) for row in plan.rows)
    assert "MergingAggregated" in text
    assert text.count("shardNum() = ") >= 3


@pytest.mark.parametrize("asker", ASKERS)
def test_shards_answer_random_questions_as_one_warehouse(asker: str, warehouse: Warehouse, three: Reader) -> None:
    served_by = _compared(warehouse, three, ASKERS[asker], Random(f"few {asker}"), QUESTIONS)
    assert served_by["facts alone"] >= QUESTIONS, served_by


def test_rollups_on_shards_answer_too(warehouse: Warehouse, three: Reader) -> None:
    served_by = _compared(warehouse, three, SYSTEM, Random("rollups"), 3 * QUESTIONS)
    assert served_by["pieces alone"] + served_by["pieces and edges"] >= 4, served_by


@pytest.mark.slow
@pytest.mark.parametrize(("shards", "seed"), [(2, 1), (3, 2), (4, 3)])
def test_any_division_of_users_gives_the_same_answers(shards: int, seed: int, warehouse: Warehouse) -> None:
    with divided(warehouse, shards, seed) as reader:
        for asker, access in ASKERS.items():
            _compared(warehouse, reader, access, Random(f"{seed} {asker}"), QUESTIONS)


@pytest.mark.parametrize(
    "groups", [(), (Group("country"),), (Group("time", Grain.MONTH),)], ids=["all", "country", "month"]
)
def test_every_kind_of_measure_adds_up(groups: tuple[Group, ...], warehouse: Warehouse, three: Reader) -> None:
    span = Range(CENTRE - 20 * DAY_S, CENTRE + 20 * DAY_S)
    asked = [slug for slug in MEASURES_OF_EACH_KIND if _can_be_grouped(slug, groups)]
    assert len(asked) >= 9
    question = Question(groups, tuple(asked), span, ZONE)
    one, many = (ask(reader, question, SYSTEM, rollups=()) for reader in (warehouse.reader, three))
    assert list(one.rows) == list(many.rows)
    assert all(row.now["viewers"] for row in one.rows)


def test_rankings_cut_and_fill_as_one_warehouse(warehouse: Warehouse, three: Reader) -> None:
    span = Range(CENTRE - 20 * DAY_S, CENTRE + 20 * DAY_S)
    for question in (
        Question((Group("movie"),), ("viewers", "views"), span, ZONE, limit=3),
        Question((Group("genre"), Group("time", Grain.WEEK)), ("viewers",), span, ZONE, top=Top(0, 2, "viewers")),
        Question((Group("time", Grain.DAY),), ("viewers", "watch_minutes_p50"), span, ZONE, fill=True),
    ):
        for rollups in (None, ()):
            one, many = (ask(reader, question, SYSTEM, rollups) for reader in (warehouse.reader, three))
            assert list(one.rows) == list(many.rows), question


def test_the_past_is_answered_as_it_was(warehouse: Warehouse, three: Reader) -> None:
    """Versions of films and users are on every server."""
    span = Range(CENTRE - 20 * DAY_S, CENTRE + 20 * DAY_S)
    question = Question((Group("country"),), ("viewers", "views"), span, ZONE)
    answers = []
    for load in range(3, 8):
        one, many = (ask(reader, replace(question, as_of=load), SYSTEM) for reader in (warehouse.reader, three))
        assert list(one.rows) == list(many.rows), load
        answers.append(list(one.rows))
    assert answers[0] != answers[-1]


@pytest.mark.parametrize("asker", ["everything", "two countries"])
def test_deeper_questions_are_answered_as_by_one_warehouse(asker: str, warehouse: Warehouse, three: Reader) -> None:
    access = ASKERS[asker]
    sessions = Sessions(Range(CENTRE - 20 * DAY_S, CENTRE + 20 * DAY_S), ZONE)
    request = RetentionRequest(sessions, Grain.WEEK, 4)
    for insight in (
        lambda reader: completion_funnel(reader, sessions, access),
        lambda reader: stickiness(reader, sessions, access),
        lambda reader: concurrency(reader, sessions, Grain.DAY, access),
        lambda reader: retention(reader, request, access),
        lambda reader: quality(reader, sessions, QualityBy.DEVICE, access),
    ):
        one, many = insight(warehouse.reader), insight(three)
        assert one == many
        assert one


def _can_be_grouped(slug: str, groups: tuple[Group, ...]) -> bool:
    return all(group.dimension in FACTS[MEASURES[slug].fact].dimensions for group in groups)


def _compared(warehouse: Warehouse, shards: Reader, access: Access, chance: Random, questions: int) -> Counter[str]:
    """Compare answers to random questions, by rollups and by the facts; returns how the shards' were served."""
    served_by: Counter[str] = Counter()
    for _ in range(questions):
        question = random_question(chance, ZONE, CENTRE)
        for rollups in (None, ()):
            one, _ = _answered(warehouse.reader, question, access, rollups)
            many, served = _answered(shards, question, access, rollups)
            assert one == many, question
            served_by.update(served)
    return served_by


def _answered(
    reader: Reader, question: Question, access: Access, rollups: Sequence[Rollup] | None
) -> tuple[list[Row] | str, list[str]]:
    """The rows, and from what they were served; or why they are refused."""
    try:
        answer = ask(reader, question, access, rollups)
    except Forbidden as error:
        return str(error), []
    return list(answer.rows), ways(answer.statement)
