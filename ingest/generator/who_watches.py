"""Draws who watches which film when, for sessions and ratings.

Views are first distributed to hours and countries, in proportion to the users present and the hour's weight. Then each
gets a present user, and a released film that suits one of the user's two taste circles.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from ingest.generator.countries import COUNTRIES
from ingest.generator.plan import DAY_S, HOUR_S
from ingest.generator.sampling import lookup_rows, pick
from ingest.generator.tastes import CIRCLES, TASTE_STRENGTH
from ingest.generator.world import World

CHUNK_ROWS = 131_072
# A chunk has a look-up table per day; this limits its memory if there are few views over many days.
CHUNK_DAYS = 64
LOOKUP_WIDTH = 4_096


@dataclass(frozen=True, slots=True, eq=False)
class Viewings:
    """Columns of equal length (n,), sorted by hour; `hour` counts from the plan's midnight, `start_s` from the
    epoch."""

    hour: npt.NDArray[np.int64]
    start_s: npt.NDArray[np.int64]
    country: npt.NDArray[np.int64]
    user: npt.NDArray[np.int32]
    film: npt.NDArray[np.int32]
    match: npt.NDArray[np.float32]

    def of(self, chosen: npt.NDArray[np.bool_]) -> "Viewings":
        """The chosen ones."""
        return Viewings(*(getattr(self, column.name)[chosen] for column in fields(self)))


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """How many views each hour and country gets: view v belongs to the first cell with `ends` greater than v."""

    world: World
    purpose: str
    ends: npt.NDArray[np.int64]

    @classmethod
    def of(cls, world: World, purpose: str, views: int) -> "Schedule":
        """Distribute `views` over hours and countries; `purpose` separates sessions from ratings."""
        weights = (world.rhythm.propensity * world.audience.present(world.plan.hours)).ravel()
        counts = world.plan.rng(purpose, 0).multinomial(views, weights / weights.sum())
        return cls(world, purpose, np.cumsum(counts))

    def chunks(self, hours: tuple[int, int] | None = None) -> Iterator[tuple[int, int]]:
        """Split the views into ranges `[first, end)` that are small enough to draw at once; those of all hours, or
        those of the plan's hours `[first, end)`.
        """
        cells_a_chunk = CHUNK_DAYS * 24 * len(COUNTRIES)
        by_days = self.ends[cells_a_chunk - 1 :: cells_a_chunk]
        low, high = (self._views_before(hour) for hour in hours or (0, self.world.plan.hours))
        cuts = np.union1d(np.arange(0, high, CHUNK_ROWS), np.append(by_days, [low, high]))
        cuts = cuts[(cuts >= low) & (cuts <= high)]
        return zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)

    def visits(
        self, views: npt.NDArray[np.int64], rng: np.random.Generator
    ) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
        """Draw who comes when, without a film: users, and seconds since the epoch."""
        hour, country = self._cells(views)
        return _users(self.world, hour, country, rng), _starts_s(self.world, hour, rng)

    def draw(self, views: npt.NDArray[np.int64], rng: np.random.Generator) -> Viewings:
        """Draw some views (at least one), grouped by day, with days in order."""
        hour, country = self._cells(views)
        user = _users(self.world, hour, country, rng)
        film = _films(self.world, hour, user, rng)
        audience = self.world.audience
        match = self.world.tastes.match(audience.circles[user], audience.blend[user], film)
        return Viewings(hour, _starts_s(self.world, hour, rng), country, user, film, match)

    def _cells(self, views: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """The hour and the country of each view."""
        return np.divmod(np.searchsorted(self.ends, views, side="right"), len(COUNTRIES))

    def _views_before(self, hour: int) -> int:
        return int(self.ends[hour * len(COUNTRIES) - 1]) if hour else 0


def _starts_s(world: World, hour: npt.NDArray[np.int64], rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """An instant within each hour that is also within the window."""
    hours_s = world.plan.midnight_s + np.arange(world.plan.hours) * HOUR_S
    opens_s = np.maximum(hours_s, world.plan.start_s)
    length_s = np.minimum(hours_s + HOUR_S, world.plan.until_s) - opens_s
    within_s: npt.NDArray[np.int64] = (rng.random(len(hour)) * length_s[hour]).astype(np.int64)
    return opens_s[hour] + within_s


def _users(
    world: World, hour: npt.NDArray[np.int64], country: npt.NDArray[np.int64], rng: np.random.Generator
) -> npt.NDArray[np.int32]:
    """A user of each country, weighted by activity; drawn again until present in that hour."""
    audience = world.audience
    held = np.diff(audience.ticket_start)
    user = np.empty(len(hour), dtype=np.int32)
    pending = np.arange(len(hour))
    while len(pending):
        place, then = country[pending], hour[pending]
        ticket = audience.ticket_start[place] + (rng.random(len(pending)) * held[place]).astype(np.int64)
        drawn = audience.tickets[ticket]
        user[pending] = drawn
        pending = pending[(audience.arrives[drawn] > then) | (audience.leaves[drawn] <= then)]
    return user


def _films(
    world: World, hour: npt.NDArray[np.int64], user: npt.NDArray[np.int32], rng: np.random.Generator
) -> npt.NDArray[np.int32]:
    """A film for each user, drawn by the taste of one of their circles and the day's demand."""
    day = hour // 24
    first_day = int(day[0])
    table = np.concatenate([_film_rows(world, one) for one in range(first_day, int(day[-1]) + 1)])
    audience = world.audience
    second = rng.random(len(user), dtype=np.float32) >= audience.blend[user]
    circle = audience.circles[user, second.astype(np.int8)]
    return pick(table, (day - first_day) * CIRCLES + circle, rng)


def _film_rows(world: World, day: int) -> npt.NDArray[np.int32]:
    """The look-up rows for one day of the plan, one per circle; independent of the chunk."""
    demand = world.catalogue.demand(world.plan.midnight_s // DAY_S + day)
    weights = demand * np.exp(TASTE_STRENGTH * world.tastes.score.astype(np.float64))
    return lookup_rows(weights, LOOKUP_WIDTH, world.plan.rng("films", day))
