"""When people watch: hours of each country's day, weekends, growth, daily noise, and one outage."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from ingest.generator.countries import COUNTRIES
from ingest.generator.plan import DAY_S, HOUR_S, Plan

# Views by local hour, 0 to 23.
WEEKDAY = (30, 17, 9, 6, 5, 6, 11, 17, 20, 20, 21, 24, 30, 30, 29, 32, 40, 54, 74, 98, 118, 120, 96, 60)
WEEKEND = (42, 27, 16, 9, 7, 6, 9, 15, 26, 38, 46, 52, 58, 64, 68, 70, 73, 80, 92, 108, 121, 122, 104, 72)
# Monday to Sunday.
DAY_OF_WEEK = (0.88, 0.88, 0.91, 0.95, 1.10, 1.36, 1.24)
GROWTH = 0.06
OUTAGE_HOURS = 3
OUTAGE_STARTS_AT_HOUR = 19
OUTAGE_DAYS_BEFORE_END = 12
OUTAGE_LEAVES = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Rhythm:
    """How likely users in each country are to start a film in each UTC hour, and the local hour there.

    Arrays have the shape (hours, countries); hour 0 starts at `plan.midnight_s`. `outage` is `[first, last)` in hours:
    19:00 to 22:00 UTC twelve days before the end, or halfway through a window shorter than 24 days.
    """

    propensity: npt.NDArray[np.float64]
    local_hour: npt.NDArray[np.int8]
    outage: tuple[int, int]


def build_rhythm(plan: Plan) -> Rhythm:
    """The rhythm of the plan's window; hours that are only partly inside are weighted by that part."""
    starts_s = plan.midnight_s + np.arange(plan.hours) * HOUR_S
    local_s = starts_s[:, None] + _offsets_s(starts_s) + HOUR_S // 2
    local_day = local_s // DAY_S
    hour_of_day = local_s % DAY_S / HOUR_S
    weekday = (local_day + 3) % 7  # the epoch began on a Thursday

    inside = np.minimum(starts_s + HOUR_S, plan.until_s) - np.maximum(starts_s, plan.start_s)
    progress = np.clip((starts_s - plan.start_s) / (plan.until_s - plan.start_s), 0, 1)
    by_hour = np.clip(inside, 0, HOUR_S) / HOUR_S * (1 + GROWTH * progress)

    outage = _outage(plan)
    by_hour[outage[0] : outage[1]] *= OUTAGE_LEAVES
    propensity = (
        by_hour[:, None]
        * np.where(weekday >= 5, _curve(WEEKEND, hour_of_day), _curve(WEEKDAY, hour_of_day))
        * np.asarray(DAY_OF_WEEK)[weekday]
        * _noise(plan, local_day - local_day.min())
    )
    return Rhythm(propensity, hour_of_day.astype(np.int8), outage)


def _offsets_s(starts_s: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Each country's UTC offset in seconds, shape (hours, countries)."""
    instants = [datetime.fromtimestamp(start, UTC) for start in starts_s.tolist()]
    ahead = np.empty((len(instants), len(COUNTRIES)), dtype=np.int64)
    for column, country in enumerate(COUNTRIES):
        zone = ZoneInfo(country.zone)
        local = (instant.astimezone(zone).utcoffset() for instant in instants)
        ahead[:, column] = [int(offset.total_seconds()) if offset else 0 for offset in local]
    return ahead


def _curve(by_hour: tuple[int, ...], hour_of_day: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The curve at a time of day, interpolated linearly between the middles of hours, with mean 1."""
    middles = np.arange(24) + 0.5
    at: npt.NDArray[np.float64] = np.interp(hour_of_day, middles, np.asarray(by_hour) / np.mean(by_hour), period=24)
    return at


def _noise(plan: Plan, day: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Noise by local day, mostly shared by all countries and correlated with the next day."""
    rng = plan.rng("noise")
    days = int(day.max()) + 1
    shared = np.zeros(days)
    for index, shock in enumerate(rng.normal(0, 0.045, days)):
        shared[index] = 0.5 * shared[index - 1] * (index > 0) + shock
    own = rng.normal(0, 0.035, (days, len(COUNTRIES)))
    return np.exp(shared[day] + np.take_along_axis(own, day, axis=0))


def _outage(plan: Plan) -> tuple[int, int]:
    """The outage hours `[first, last)`; a window of a day or two may not contain them."""
    back_s = min(OUTAGE_DAYS_BEFORE_END * DAY_S, (plan.until_s - plan.start_s) // 2)
    first = (plan.until_s - back_s - plan.midnight_s) // DAY_S * 24 + OUTAGE_STARTS_AT_HOUR
    return first, first + OUTAGE_HOURS
