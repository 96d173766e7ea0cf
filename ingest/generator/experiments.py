"""Experiments of the demo: who was shown which variant, and the sessions that the one that works brought about.

Each person's first visit of the home page within an experiment exposes them to a variant. Visits are drawn like
sessions, from the same people at the same hours; not everybody who visits watches. Three kinds are made: an A/A test;
an experiment whose variant makes people watch more often; and one whose variant loses the exposures of people who watch
on mobiles, so that its sample ratio gives it away. An effect consists of sessions: none is written into a result.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ingest.generator.parallel import ordered_map
from ingest.generator.plan import DAY_S, HOUR_S, Plan
from ingest.generator.playback import DEVICES
from ingest.generator.sessions import played
from ingest.generator.who_watches import Schedule
from ingest.generator.world import World
from warehouse.ids import from_numbers
from warehouse.tables.incoming_schemas import INCOMING, INSTANT

VISITS_A_SESSION = 1.5
# People who are shown the other variant later, as on a device where they are not signed in.
CROSSED = 0.004
CROSSES_WITHIN_S = 3 * DAY_S
# In a shorter window, experiments are shorter in proportion.
USUAL_DAYS = 90
NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Experiment:
    """An experiment, from `starts_days` to `ends_days` before the end of the data, or open with 0.

    `lift` is how many more sessions the people of the variant start from their exposure to the experiment's end, as a
    fraction. `loses` is the favourite device of the people whose exposure to the variant is never recorded.
    """

    id: int
    name: str
    control: str
    variant: str
    starts_days: int
    ends_days: int = 0
    lift: float = 0.0
    loses: str | None = None

    def hours(self, plan: Plan) -> tuple[int, int]:
        """The hours of the plan `[first, end)` in which it runs."""
        first = _hours_before_end(plan, self.starts_days)
        return first, max(first + 1, _hours_before_end(plan, self.ends_days)) if self.ends_days else plan.hours

    def start_s(self, plan: Plan) -> int:
        """Its first second since 1970."""
        return plan.midnight_s + self.hours(plan)[0] * HOUR_S

    def end_s(self, plan: Plan) -> int | None:
        """The second since 1970 before which it ended; None while it is open."""
        return plan.midnight_s + self.hours(plan)[1] * HOUR_S if self.ends_days else None


EXPERIMENTS = (
    Experiment(1, "A/A test: both see the same", "A1", "A2", starts_days=78, ends_days=50),
    Experiment(2, "Picks for you on the home page", "plain", "picks", starts_days=42, ends_days=7, lift=0.15),
    Experiment(3, "New player", "old player", "new player", starts_days=10, loses="Mobile"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Exposures:
    """Who is shown what: for each user (users,), whether it is the variant, and the first second at which they see it,
    `NEVER` for those who don't visit.
    """

    is_variant: npt.NDArray[np.bool_]
    first_s: npt.NDArray[np.int64]


def experiment_batches(world: World) -> Iterator[pa.RecordBatch]:
    """The experiments as rows of `experiments`."""
    plan = world.plan
    yield pa.RecordBatch.from_pydict(
        {
            "id": from_numbers(np.array([one.id for one in EXPERIMENTS], dtype=np.uint64)),
            "name": [one.name for one in EXPERIMENTS],
            "start_time": pa.array([one.start_s(plan) for one in EXPERIMENTS], pa.int64()).cast(INSTANT),
            "end_time": pa.array([one.end_s(plan) for one in EXPERIMENTS], pa.int64()).cast(INSTANT),
            "control": [one.control for one in EXPERIMENTS],
            "shares": [[f"{one.control}=1", f"{one.variant}=1"] for one in EXPERIMENTS],
        },
        schema=INCOMING["experiments"],
    )


def assignment_batches(world: World) -> Iterator[pa.RecordBatch]:
    """Recorded exposures as rows of `assignments`, by experiment and user; people who crossed have a second one."""
    first_id = 1
    for experiment in EXPERIMENTS:
        batch = _assignments(world, experiment, first_id)
        first_id += batch.num_rows
        yield batch


def caused_session_batches(world: World) -> Iterator[pa.RecordBatch]:
    """The sessions that variants brought about, as rows of `viewing_sessions`; their ids follow those of the others."""
    first_id = world.plan.size.sessions + 1
    for experiment in EXPERIMENTS:
        more = round(world.plan.size.sessions * experiment.lift)
        if more:
            yield from _caused(world, experiment, more, first_id)
        first_id += more


def exposures_of(world: World, experiment: Experiment) -> Exposures:
    """Who is shown what in an experiment."""
    users, plan = world.plan.size.users, world.plan
    schedule = Schedule.of(world, f"visits {experiment.id}", round(plan.size.sessions * VISITS_A_SESSION))
    first_s = np.full(users, NEVER)
    for first, end in schedule.chunks(experiment.hours(plan)):
        rng = plan.rng(f"visits {experiment.id}", 1, first)
        user, at_s = schedule.visits(np.arange(first, end), rng)
        np.minimum.at(first_s, user, at_s)
    return Exposures(_halves(world, experiment), first_s)


def _halves(world: World, experiment: Experiment) -> npt.NDArray[np.bool_]:
    """Whether each user (users,) belongs to the variant: one, by a coin, of every two who join, watch and stay alike.

    Services balance their halves too, by trying seeds of a hash. A coin for each would leave some seeds unlucky for
    good.
    """
    audience = world.audience
    alike = np.lexsort((audience.leaves, audience.activity, audience.arrives))
    coins = world.plan.rng(f"halves {experiment.id}").random(-(-len(alike) // 2)) < 0.5
    is_variant = np.empty(len(alike), dtype=np.bool_)
    is_variant[alike] = np.stack([coins, ~coins], axis=1).ravel()[: len(alike)]
    return is_variant


def _assignments(world: World, experiment: Experiment, first_id: int) -> pa.RecordBatch:
    exposures = exposures_of(world, experiment)
    rng = world.plan.rng(f"assignments {experiment.id}")
    recorded = exposures.first_s < NEVER
    if experiment.loses:
        recorded &= ~exposures.is_variant | (world.playback.favourite != DEVICES.index(experiment.loses))
    once = np.flatnonzero(recorded)
    again_s = exposures.first_s[once] + rng.integers(1, CROSSES_WITHIN_S, len(once))
    last_s = experiment.end_s(world.plan) or world.plan.until_s
    crosses = (rng.random(len(once)) < CROSSED) & (again_s < last_s)
    user = np.concatenate([once, once[crosses]])
    is_variant = np.concatenate([exposures.is_variant[once], ~exposures.is_variant[once[crosses]]])
    at_s = np.concatenate([exposures.first_s[once], again_s[crosses]])
    return pa.record_batch(
        [
            from_numbers(np.arange(first_id, first_id + len(user), dtype=np.uint64)),
            from_numbers((user + 1).astype(np.uint64)),
            from_numbers(np.full(len(user), experiment.id, dtype=np.uint64)),
            pa.array((experiment.control, experiment.variant), pa.string()).take(pa.array(is_variant.astype(np.int8))),
            pa.array(at_s, pa.int64()).cast(INSTANT),
        ],
        schema=INCOMING["assignments"],
    )


def _caused(world: World, experiment: Experiment, more: int, first_id: int) -> Iterator[pa.RecordBatch]:
    """As many more sessions as `lift` says of everybody, of which those stay that the variant's people start after
    they saw it: like the sessions that they have anyway, so they are that fraction more of them.
    """
    exposures = exposures_of(world, experiment)
    schedule = Schedule.of(world, f"caused {experiment.id}", more)
    # Who never sees the variant has no session after they saw it.
    seen_s = np.where(exposures.is_variant, exposures.first_s, NEVER)

    def batch(chunk: tuple[int, int]) -> pa.RecordBatch:
        views = np.arange(*chunk)
        rng = world.plan.rng(f"caused {experiment.id}", 1, chunk[0])
        drawn = schedule.draw(views, rng)
        stays = drawn.start_s >= seen_s[drawn.user]
        return played(world, drawn.of(stays), (views[stays] + first_id).astype(np.uint64), rng)

    return ordered_map(batch, schedule.chunks(experiment.hours(world.plan)))


def _hours_before_end(plan: Plan, days: int) -> int:
    back_s = min(days * DAY_S, (plan.until_s - plan.start_s) * days // USUAL_DAYS)
    return (plan.until_s - back_s - plan.midnight_s) // HOUR_S
