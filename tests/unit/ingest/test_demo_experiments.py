"""The demo's experiments, read from their rows and tested by SciPy: what was put in is found, and nothing else."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from scipy import stats

from ingest.generator import GENERATORS, WITH_EXPERIMENTS, DemoSize, Plan, build_world
from tests.unit.ingest.worlds import UNTIL, demo_world, numbers_of, rows
from warehouse.tables.incoming_schemas import INCOMING

AA, PICKS, PLAYER = 1, 2, 3
NEW_TABLES = ("viewing_sessions", "experiments", "assignments")


@dataclass(frozen=True)
class Arms:
    """The people of an experiment who saw one variant only: `user` from 0, and for each the group and the first second
    at which they saw it.
    """

    user: npt.NDArray[np.int64]
    is_variant: npt.NDArray[np.bool_]
    since_s: npt.NDArray[np.int64]
    end_s: int
    crossed: int

    @property
    def people(self) -> list[int]:
        return [int((~self.is_variant).sum()), int(self.is_variant.sum())]


@pytest.fixture(scope="module")
def sessions() -> pa.Table:
    return pa.Table.from_batches(list(WITH_EXPERIMENTS["viewing_sessions"](demo_world())))


@pytest.fixture(scope="module")
def experiments() -> list[dict[str, Any]]:
    (batch,) = WITH_EXPERIMENTS["experiments"](demo_world())
    found: list[dict[str, Any]] = batch.to_pylist()
    return found


@pytest.fixture(scope="module")
def arms(experiments: list[dict[str, Any]]) -> dict[int, Arms]:
    table = pa.Table.from_batches(list(WITH_EXPERIMENTS["assignments"](demo_world())))
    of = numbers_of(table["experiment_id"])
    user, at_s = numbers_of(table["user_id"]) - 1, table["exposed_at"].cast(pa.int64()).to_numpy()
    variant = np.asarray(table["variant"].to_pylist())
    found = {}
    for number, one in enumerate(experiments, start=1):
        mine = of == number
        seen: dict[int, list[tuple[int, bool]]] = {}
        for person, at, name in zip(user[mine], at_s[mine], variant[mine], strict=True):
            seen.setdefault(int(person), []).append((int(at), bool(name != one["control"])))
        single = {person: marks[0] for person, marks in seen.items() if len({kind for _, kind in marks}) == 1}
        end = one["end_time"]
        found[number] = Arms(
            np.asarray(list(single)),
            np.asarray([kind for _, kind in single.values()]),
            np.asarray([at for at, _ in single.values()]),
            int(end.timestamp()) if isinstance(end, datetime) else int(UNTIL.timestamp()),
            len(seen) - len(single),
        )
    return found


def views_of(sessions: pa.Table, arms: Arms) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """How many views each person of the control and of the variant began from then to the end."""
    since = np.full(5_000, np.iinfo(np.int64).max)
    since[arms.user] = arms.since_s
    user, start_s = numbers_of(sessions["user_id"]) - 1, sessions["start_time"].cast(pa.int64()).to_numpy()
    counted = (start_s >= since[user]) & (start_s < arms.end_s)
    views = np.bincount(user[counted], minlength=5_000)[arms.user].astype(np.float64)
    return views[~arms.is_variant], views[arms.is_variant]


def test_there_are_three_and_they_ran_when_they_say(experiments: list[dict[str, Any]]) -> None:
    noon = 15
    assert [(one["name"], one["start_time"], one["end_time"], one["shares"]) for one in experiments] == [
        (
            "A/A test: both see the same",
            datetime(2026, 9, 3, noon, tzinfo=UTC),
            datetime(2026, 10, 1, noon, tzinfo=UTC),
            ["A1=1", "A2=1"],
        ),
        (
            "Picks for you on the home page",
            datetime(2026, 10, 9, noon, tzinfo=UTC),
            datetime(2026, 11, 13, noon, tzinfo=UTC),
            ["plain=1", "picks=1"],
        ),
        ("New player", datetime(2026, 11, 10, noon, tzinfo=UTC), None, ["old player=1", "new player=1"]),
    ]


def test_people_are_spread_as_planned_but_where_exposures_are_lost(arms: dict[int, Arms]) -> None:
    assert {number: one.people for number, one in arms.items()} == {
        AA: [1_732, 1_734],
        PICKS: [1_984, 1_997],
        PLAYER: [1_549, 934],
    }
    assert all(stats.chisquare(arms[number].people).pvalue > 0.1 for number in (AA, PICKS))
    assert stats.chisquare(arms[PLAYER].people).pvalue < 1e-20


def test_who_is_lost_watches_on_mobiles(arms: dict[int, Arms]) -> None:
    on_mobile = demo_world().playback.favourite[arms[PLAYER].user] == 1
    assert on_mobile[arms[PLAYER].is_variant].sum() == 0
    assert on_mobile[~arms[PLAYER].is_variant].mean() > 0.3


def test_a_few_people_saw_both_variants(arms: dict[int, Arms]) -> None:
    assert {number: one.crossed for number, one in arms.items()} == {AA: 18, PICKS: 15, PLAYER: 8}


def test_people_are_exposed_while_the_experiment_runs_and_they_are_there(
    arms: dict[int, Arms], experiments: list[dict[str, Any]]
) -> None:
    world = demo_world()
    for one, told in zip(arms.values(), experiments, strict=True):
        start = told["start_time"]
        assert isinstance(start, datetime)
        assert one.since_s.min() >= start.timestamp()
        assert one.since_s.max() < one.end_s
        hour = (one.since_s - world.plan.midnight_s) // 3_600
        assert (world.audience.arrives[one.user] <= hour).all()
        assert (hour < world.audience.leaves[one.user]).all()


def test_picks_make_people_watch_more_often_and_nothing_else_does(sessions: pa.Table, arms: dict[int, Arms]) -> None:
    plain, picks = views_of(sessions, arms[PICKS])
    tested = stats.ttest_ind(picks, plain, equal_var=False)
    interval = tested.confidence_interval()
    assert tested.pvalue < 0.001
    # What the picks add is 15 % of what their people watch without them.
    assert interval.low < 0.15 * plain.mean() < interval.high
    for other in (AA, PLAYER):
        control, variant = views_of(sessions, arms[other])
        assert stats.ttest_ind(variant, control, equal_var=False).pvalue > 0.1


def test_without_the_added_sessions_the_picks_show_nothing(arms: dict[int, Arms]) -> None:
    plain, picks = views_of(rows(demo_world(), "viewing_sessions"), arms[PICKS])
    assert stats.ttest_ind(picks, plain, equal_var=False).pvalue > 0.1


def test_sessions_are_added_to_those_of_the_demo_for_people_who_saw_the_picks(
    sessions: pa.Table, arms: dict[int, Arms]
) -> None:
    own = rows(demo_world(), "viewing_sessions")
    assert sessions.slice(0, 50_000).equals(own)
    added = sessions.slice(50_000)
    assert added.num_rows == 1_338
    ids = numbers_of(sessions["id"])
    assert len(np.unique(ids)) == len(ids)
    picks = arms[PICKS]
    since = dict(zip(picks.user[picks.is_variant].tolist(), picks.since_s[picks.is_variant].tolist(), strict=True))
    crossed = 0
    for user, start_s in zip(numbers_of(added["user_id"]) - 1, added["start_time"].cast(pa.int64()), strict=True):
        crossed += user not in since
        assert since.get(int(user), 0) <= start_s.as_py() < picks.end_s
    assert crossed < 0.02 * added.num_rows


@pytest.mark.parametrize("table", NEW_TABLES)
def test_the_same_plan_gives_the_same_rows_and_another_seed_others(table: str) -> None:
    plan = Plan.ending(UNTIL, DemoSize(movies=40, users=300, sessions=3_000, ratings=0, days=20), seed=7)
    once, again = (list(WITH_EXPERIMENTS[table](build_world(plan))) for _ in range(2))
    assert once == again
    other = Plan(plan.size, 8, plan.until_s)
    assert (once == list(WITH_EXPERIMENTS[table](build_world(other)))) == (table == "experiments")


@pytest.mark.parametrize(
    "size",
    [
        DemoSize(movies=1, users=1, sessions=1, ratings=1, days=1),
        DemoSize(movies=3, users=2, sessions=0, ratings=0, days=3),
        DemoSize(movies=2, users=3, sessions=500, ratings=50, days=400),
    ],
)
def test_small_and_long_services_have_experiments_within_their_time(size: DemoSize) -> None:
    world = build_world(Plan.ending(UNTIL, size, seed=1))
    found = {table: list(make(world)) for table, make in WITH_EXPERIMENTS.items()}
    assert all(batch.schema.equals(INCOMING[table]) for table, batches in found.items() for batch in batches)
    (experiments,) = (batch.to_pylist() for batch in found["experiments"])
    assert all(one["end_time"] is None or one["start_time"] < one["end_time"] < UNTIL for one in experiments)
    assert all(one["start_time"].timestamp() >= world.plan.midnight_s for one in experiments)
    own = pa.Table.from_batches(list(GENERATORS["viewing_sessions"](world)), INCOMING["viewing_sessions"])
    assert sum(batch.num_rows for batch in found["viewing_sessions"]) >= own.num_rows == size.sessions
