"""Rows that say the same give the same answers: later by whole weeks, under other ids, loaded in another order."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, TypeVar

import pytest

from tests.oracle.api_in_process import Api, served
from tests.oracle.busy import DAY_S, busy_world
from tests.oracle.rows import World

pytestmark = pytest.mark.slow

T = TypeVar("T")
WORLD = busy_world(Random(8), datetime(2023, 12, 20, tzinfo=UTC), datetime(2024, 4, 10, tzinfo=UTC), 600)

# Questions that tell most of what can be counted; dates are moved by `weeks`.
SHAPES = (
    "rows(by: [DAY, DEVICE]) { time device views viewers newViewers completionRate previous { views viewers } }",
    "rows(by: [HOUR_OF_DAY, DAY_OF_WEEK]) { hourOfDay dayOfWeek views bufferingPerView previous { watchMinutes } }",
    "rows(by: [WEEK, GENRE]) { time genre views returningViewers watchMinutesP50 watchMinutesP95 } totals { viewers }",
    "rows(by: [MOVIE, DAYS_SINCE_RELEASE]) { movie { title } daysSinceRelease views } totals { watchHours newViewers }",
)
OTHERS = (
    "topMovies({}) {{ rank movie {{ title }} views viewers averageRating }}",
    "countries({}) {{ country users viewers views }}",
    "retention({}, periods: 2) {{ start viewers complete returns {{ period start viewers share }} }}",
    "stickiness({}) {{ day dailyViewers monthlyViewers }}",
    "concurrency({}, grain: DAY) {{ time peakViewers }}",
    "rating({}) {{ rows(by: [DAY]) {{ day: time(grain: DAY) ratingsCount averageRating }} }}",
)


def everything(api: Api, weeks: int = 0) -> list[Any]:
    """The answers to all shapes over some weeks of 2024, moved by `weeks`; local dates in them are moved back."""
    start, end = (date.fromisoformat(day) + timedelta(weeks=weeks) for day in ("2024-02-10", "2024-03-20"))
    asked = f'range: {{from: "{start}", to: "{end}"}}'
    compared = f"{asked}, compareTo: PREVIOUS_PERIOD"
    documents = [f"viewing({compared}) {{ {shape} }}" for shape in SHAPES]
    documents += [other.format(asked) for other in OTHERS]
    return [_moved_back(api.ask(f"{{ {one} }}"), weeks) for one in documents]


def _moved_back(value: Any, weeks: int) -> Any:
    if isinstance(value, dict):
        return {name: _moved_back(one, weeks) for name, one in value.items()}
    if isinstance(value, list):
        return [_moved_back(one, weeks) for one in value]
    if isinstance(value, str) and value[:2] == "20":
        return (date.fromisoformat(value[:10]) - timedelta(weeks=weeks)).isoformat() + value[10:]
    return value


def shifted(world: World, weeks: int) -> World:
    """Everything later by whole weeks."""
    films = {
        film.id: replace(film, released=film.released and film.released + timedelta(weeks=weeks))
        for film in world.films
    }
    by_s = weeks * 7 * DAY_S
    return World(
        list(films.values()),
        world.people,
        [replace(one, film=films[one.film.id], at=one.at + by_s) for one in world.sessions],
        [replace(one, film=films[one.film.id], at=one.at + by_s) for one in world.reviews],
    )


def relabelled(world: World, chance: Random) -> World:
    """Every row under another id, in another order of ids."""
    films = {one.id: replace(one, id=label) for one, label in _labelled(world.films, chance)}
    people = {one.id: replace(one, id=label) for one, label in _labelled(world.people, chance)}
    return World(
        list(films.values()),
        list(people.values()),
        [
            replace(one, id=label, film=films[one.film.id], person=people[one.person.id])
            for one, label in _labelled(world.sessions, chance)
        ],
        [
            replace(one, id=label, film=films[one.film.id], person=people[one.person.id])
            for one, label in _labelled(world.reviews, chance)
        ],
    )


def _labelled(rows: Sequence[T], chance: Random) -> Iterator[tuple[T, int]]:
    return zip(rows, chance.sample(range(1, 1_000_000_000), len(rows)), strict=True)


def shuffled(world: World, chance: Random) -> World:
    """The same rows in another order."""

    def mixed(rows: Sequence[T]) -> list[T]:
        return chance.sample(rows, len(rows))

    return World(mixed(world.films), mixed(world.people), mixed(world.sessions), mixed(world.reviews))


@pytest.fixture(scope="module")
def plain() -> list[Any]:
    """The answers over the world as it is."""
    with served(WORLD) as opened:
        return everything(opened)


@pytest.mark.parametrize("weeks", [61, -52])
def test_later_rows_are_the_same_answers_later(plain: list[Any], weeks: int) -> None:
    with served(shifted(WORLD, weeks)) as opened:
        assert everything(opened, weeks) == plain


def test_other_ids_change_nothing(plain: list[Any]) -> None:
    with served(relabelled(WORLD, Random(6))) as opened:
        assert everything(opened) == plain


def test_the_order_of_loading_changes_nothing(plain: list[Any]) -> None:
    with served(shuffled(WORLD, Random(7)), loads=3) as opened:
        assert everything(opened) == plain
