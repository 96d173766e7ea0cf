"""A film service with an experiment, as plain Python rows, and a recount of it that shares nothing with the engine."""

from dataclasses import dataclass
from random import Random
from typing import Any

from tests.integration.warehouse.worlds import (
    DAY_S,
    World,
    film_row,
    load,
    person_row,
    random_world,
    review_row,
    session_row,
)
from warehouse import Warehouse

CENTRE = 1_772_323_200
EXPERIMENT = 7
START, END = CENTRE - 5 * DAY_S, CENTRE + 12 * DAY_S
CONTROL = "old"


@dataclass(frozen=True)
class Assignment:
    """A person was shown a variant at an instant."""

    number: int
    user: int
    variant: str
    at: int
    experiment: int = EXPERIMENT


def experiment_row(number: int = EXPERIMENT, **more: Any) -> dict[str, Any]:
    """An experiment as an incoming row."""
    return {
        "id": number,
        "name": f"Experiment {number}",
        "start_time": START,
        "end_time": END,
        "control": CONTROL,
        "shares": [],
        **more,
    }


def assignment_row(one: Assignment) -> dict[str, Any]:
    """An assignment as an incoming row."""
    return {
        "id": one.number,
        "user_id": one.user,
        "experiment_id": one.experiment,
        "variant": one.variant,
        "exposed_at": one.at,
    }


def random_assignments(chance: Random, world: World) -> list[Assignment]:
    """Everybody's, some shown again later, some shown both variants, some outside the experiment, some in another."""
    found: list[Assignment] = []
    for user in world.people:
        at = START + chance.randrange(0, 6 * DAY_S)
        variant = chance.choice((CONTROL, "new", "newer"))
        kind = chance.random()
        if kind < 0.1:
            at = chance.choice((START - 1, END, END + DAY_S))
        found.append(Assignment(len(found) + 1, user, variant, at))
        if kind > 0.85:
            found.append(Assignment(len(found) + 1, user, chance.choice((CONTROL, "new")), at + 3600))
        elif kind > 0.7:
            found.append(Assignment(len(found) + 1, user, variant, at + DAY_S))
        if kind > 0.5:
            found.append(Assignment(len(found) + 1, user, CONTROL, at, experiment=8))
    return found


def load_experiment(warehouse: Warehouse, world: World, assigned: list[Assignment]) -> None:
    """Load everything."""
    load(warehouse, "movies", [film_row(film) for film in world.films.values()])
    load(warehouse, "users", [person_row(person) for person in world.people.values()])
    load(warehouse, "experiments", [experiment_row(), experiment_row(8)])
    load(warehouse, "viewing_sessions", [session_row(one) for one in world.sessions])
    load(warehouse, "ratings", [review_row(one) for one in world.reviews])
    load(warehouse, "assignments", [assignment_row(one) for one in assigned])


def some_world(seed: int) -> tuple[World, list[Assignment]]:
    """A world of 24 people around the experiment."""
    chance = Random(seed)
    world = random_world(chance, CENTRE, sessions=600)
    return world, random_assignments(chance, world)


def first_of(assigned: list[Assignment]) -> dict[int, list[Assignment]]:
    """User → their assignments in the experiment, the first one first."""
    found: dict[int, list[Assignment]] = {}
    for one in sorted(assigned, key=lambda one: (one.at, one.variant)):
        if one.experiment == EXPERIMENT:
            found.setdefault(one.user, []).append(one)
    return found


def counted(assigned: list[Assignment], newest: int | None = None, window_days: int = 0) -> dict[int, Assignment]:
    """User → the assignment that counts; people who crossed, were outside, or whose days are not over have none."""
    last = END if newest is None else min(END, newest) - window_days * DAY_S
    return {
        user: of_one[0]
        for user, of_one in first_of(assigned).items()
        if len({one.variant for one in of_one}) == 1
        and START <= of_one[0].at < END
        and (not window_days or of_one[0].at <= last)
    }
