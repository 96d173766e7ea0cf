"""The forecast of daily counts: for each series a level, a week of its own shrunk to the common one, intervals from
past errors, and last week's same day wherever that was closer. Arrays in, arrays out; no Spark.

Series are the rows of an array, days its columns; the last column is the last day that is known. Before a series begins
nothing is known (NaN).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

AHEAD = 14
WEEK = 7
# How many weeks a forecast looks back, and the fewest days that it takes.
MEMORY_WEEKS, LEARNT_DAYS = 8, 28
# How many past origins are tried, a day apart, and the fewest from which a series gets a forecast.
MOST_ORIGINS, LEAST_ORIGINS = 56, 10
NEEDED_DAYS = LEARNT_DAYS + AHEAD + LEAST_ORIGINS - 1
INSIDE = 0.8
# The 80 % interval of a normal distribution is so many standard deviations wide to either side.
NORMAL_80 = 1.2816
# A day below this share of the days around it is an outage, above its inverse a burst: neither tells of days to come.
# Of fewer views a day than ten it is chance.
OUTLIER, OUTLIER_VIEWS = 0.4, 10.0
# Four days in a row by so much above or below the week before them are a new level.
SHIFT, SHIFT_DAYS = 1.4, 4
# What a forecast follows: the mean of so many days.
SPANS_DAYS = (7, 14, 28)
# A slope counts for less the further ahead, because growth ends.
DAMPING = 0.97
# The baseline takes the model's place where it was no further off, once so many past errors tell.
# As near is near enough for the model: last week's one bad day would be next week's.
ENOUGH, NEARLY = 140, 1.01
# Below it a weekday has no views to speak of, and is not divided by.
LEAST_SHARE = 0.05
# A week whose weekdays' medians are together less than this share of it has mostly days without views.
SPARSE = 0.7


@dataclass(frozen=True)
class Forecast:
    """Of each series the days ahead, with an interval; whether they are the model's or the baseline's; and errors of
    past forecasts, each chosen and given an interval by what was known on its day.

    `views`, `low`, `high`: series x 14. `is_model`: series. `origins`: columns after which past forecasts were made.
    `errors`, `baseline_errors`: series x origins x 14, actual minus forecast, NaN where the series had not begun.
    `inside`: the same shape, 1 where the interval contained what came, 0 where it did not, NaN where too little was
    known for an interval.
    """

    views: Array
    low: Array
    high: Array
    is_model: npt.NDArray[np.bool_]
    errors: Array
    baseline_errors: Array
    model_errors: Array
    inside: Array


def forecast(counts: Array) -> Forecast:
    """Forecast each series; it takes NEEDED_DAYS columns."""
    days = counts.shape[1]
    origins = range(max(LEARNT_DAYS, days - AHEAD - MOST_ORIGINS), days - AHEAD + 1)
    tried = np.stack([candidates(counts[:, :origin]) for origin in origins], axis=2)
    actual = np.stack([counts[:, origin : origin + AHEAD] for origin in origins], axis=1)
    # Where the series had not run for long enough there was no forecast.
    begun = np.isnan(counts).sum(axis=1)[:, None] + LEARNT_DAYS <= np.array(origins)[None, :]
    off = np.where(begun[None, :, :, None], actual[None] - tried, np.nan)
    places = [_best(_known(off, at)) for at in range(len(origins))]
    chosen = np.stack([_picked(tried[:, :, at], place) for at, place in enumerate(places)], axis=1)
    errors = np.where(begun[:, :, None], actual - chosen, np.nan)
    scaled = errors / _scale(chosen)
    inside = np.stack(
        [_inside(scaled[:, at], _width(_known(scaled[None], at)[0])) for at in range(len(origins))], axis=1
    )
    models = [_best(_known(off, at), baseline=False) for at in range(len(origins))]
    model_errors = np.stack([_picked(off[:, :, at], place) for at, place in enumerate(models)], axis=1)
    best = _best(off)
    views = _picked(candidates(counts), best)
    spread = _width(scaled) * _scale(views)
    return Forecast(
        views, np.maximum(0.0, views - spread), views + spread, best > 0, errors, off[0], model_errors, inside
    )


def candidates(counts: Array) -> Array:
    """What may be forecast after the last day: candidate x series x 14. The first is the baseline, last week's same
    day; the others are a level, of the last 7, 14 or 28 days or along their slope, times the weekday's share."""
    recent = _last_weeks(counts)
    shares = week_shares(recent)
    flat = recent / np.where(shares < LEAST_SHARE, np.nan, shares)[:, None, :]
    level = _since_last_shift(_without_outliers(flat.reshape(len(counts), -1)))
    ahead = np.tile(shares, (1, AHEAD // WEEK))
    means = [np.repeat(_mean(level[:, -span:])[:, None], AHEAD, axis=1) for span in SPANS_DAYS]
    baseline = np.nan_to_num(np.tile(counts[:, -WEEK:], (1, AHEAD // WEEK)))
    return np.stack([baseline, *(mean * ahead for mean in means), _along_slope(level) * ahead])


def _last_weeks(counts: Array) -> Array:
    """The last whole weeks that end with the last day: series x weeks x 7, at most eight weeks."""
    weeks = min(MEMORY_WEEKS, counts.shape[1] // WEEK)
    return counts[:, -weeks * WEEK :].reshape(len(counts), weeks, WEEK)


def week_shares(recent: Array) -> Array:
    """Each series' weekdays in proportion to their mean: series x 7, in the order of the weeks that are given.

    A series' own, the median over its weeks, is shrunk towards the common one by as much of their difference as chance
    explains. Each series is first divided by its own week, so a series that has just begun does not affect the weekdays
    of others.
    Source: James and Stein (1961), the positive part; the noise is Poisson's, or more where the weeks differ more.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        means = recent.mean(axis=2)
        ratios = np.where(means[:, :, None] > 0, recent / means[:, :, None], np.nan)
    weeks = (~np.isnan(ratios[:, :, 0])).sum(axis=1)
    usual, mean = _median(ratios, axis=1), _mean(ratios)
    # Where most days have no views the median says nothing.
    is_sparse = (usual.mean(axis=1) < SPARSE)[:, None]
    own = np.where(weeks[:, None] > 0, np.where(is_sparse, mean, usual), 1.0)
    own = own / np.maximum(own.mean(axis=1, keepdims=True), 1e-9)
    sizes = np.where(weeks >= 2, _mean(means), 0.0)
    common = (own * sizes[:, None]).sum(axis=0) / sizes.sum() if sizes.sum() > 0 else np.ones(WEEK)
    off = np.abs(ratios - own[:, None, :])
    deviation = np.where(is_sparse, np.sqrt(_mean(off**2)), 1.4826 * _median(off, axis=1))
    # The median's own error, about 1.57 times that of a mean.
    noise = (
        1.57 * np.maximum(deviation**2, own / np.maximum(_mean(means), 0.1)[:, None]) / np.maximum(weeks, 1)[:, None]
    )
    apart = ((own - common) ** 2).sum(axis=1)
    keep = np.where(apart > 0, np.maximum(0.0, 1 - noise.sum(axis=1) / np.maximum(apart, 1e-12)), 0.0)
    shares: Array = common + keep[:, None] * (own - common)
    return shares


def _without_outliers(level: Array) -> Array:
    """Outages and bursts of up to three days as NaN; longer ones are a new level."""
    around = np.stack([_median(level[:, max(0, day - 3) : day + 4], axis=1) for day in range(level.shape[1])], axis=1)
    with np.errstate(invalid="ignore"):
        strange = (level < OUTLIER * around) | (level > around / OUTLIER)
        return np.where(strange & (around >= OUTLIER_VIEWS), np.nan, level)


def _since_last_shift(level: Array) -> Array:
    """The level as NaN before it last became another: four days in a row that are all above, or all below, what the
    week before them shows. A launch or an end is followed from then on, and not averaged with what was."""
    found = level.copy()
    for day in range(WEEK, level.shape[1] - SHIFT_DAYS + 1):
        before, since = _median(level[:, day - WEEK : day], axis=1), level[:, day : day + SHIFT_DAYS]
        is_known = (~np.isnan(since)).all(axis=1) & (~np.isnan(level[:, day - WEEK : day])).any(axis=1)
        above = (since > SHIFT * before[:, None]).all(axis=1) & (np.nan_to_num(since).min(axis=1) >= OUTLIER_VIEWS)
        below = (since < before[:, None] / SHIFT).all(axis=1) & (before >= OUTLIER_VIEWS)
        found[is_known & (above | below), :day] = np.nan
    return found


def _along_slope(level: Array) -> Array:
    """The level along the straight line through the last 28 days, damped: series x 14."""
    recent = level[:, -LEARNT_DAYS:]
    known = ~np.isnan(recent)
    days = np.arange(recent.shape[1]) - (recent.shape[1] - 1.0)
    count = np.maximum(known.sum(axis=1), 1)
    middle = (known * days).sum(axis=1) / count
    mean = _mean(recent)
    apart = known * (days - middle[:, None])
    slope = (apart * np.nan_to_num(recent - mean[:, None])).sum(axis=1) / np.maximum((apart**2).sum(axis=1), 1e-9)
    steps = np.cumsum(DAMPING ** np.arange(1, AHEAD + 1))
    line: Array = np.maximum(0.0, (mean - slope * middle)[:, None] + slope[:, None] * steps)
    return line


def _known(errors: Array, at: int) -> Array:
    """Errors by candidate, series, origin and day ahead, without those that were not known at an origin."""
    places, ahead = np.arange(errors.shape[2])[:, None], np.arange(1, AHEAD + 1)[None, :]
    return np.where(places + ahead <= at, errors, np.nan)


def _best(errors: Array, baseline: bool = True) -> npt.NDArray[np.int64]:
    """The candidate that was nearest, of each series; the baseline where no other was nearer."""
    off = np.abs(errors).reshape(errors.shape[0], errors.shape[1], -1)
    told = (~np.isnan(off[0])).sum(axis=1)
    means = np.where(told > 0, np.nansum(off, axis=2) / np.maximum(told, 1), np.inf)
    best = means[1:].argmin(axis=0) + 1
    if not baseline:
        means = np.vstack([np.full(means.shape[1], np.inf)[None], means[1:]])
    wins = (means[1:].min(axis=0) <= NEARLY * means[0] + 1e-6) | (told < ENOUGH)
    # Nothing is known yet: the mean of two weeks.
    chosen: npt.NDArray[np.int64] = np.where(told == 0, 2, np.where(wins, best, 0))
    return chosen


def _picked(made: Array, best: npt.NDArray[np.int64]) -> Array:
    """Of candidate x series x ahead each series' own."""
    own: Array = np.take_along_axis(made, best[None, :, None], axis=0)[0]
    return own


def _scale(views: Array) -> Array:
    """By how much counts around a forecast differ by chance alone: Poisson's standard deviation."""
    return np.sqrt(np.maximum(views, 1.0))


def _width(scaled: Array) -> Array:
    """Half of the interval of each series and day ahead, in standard deviations of Poisson, never below those 80 %.

    Conformal: of the past errors in the same week ahead, the one within which four in five stayed, with the correction
    for few. NaN where fewer than ten are known. Source: Vovk, Gammerman and Shafer (2005).
    """
    found = np.full((scaled.shape[0], AHEAD), np.nan)
    for week in range(AHEAD // WEEK):
        ahead = slice(week * WEEK, (week + 1) * WEEK)
        off = np.sort(np.abs(scaled[:, :, ahead]).reshape(len(scaled), -1), axis=1)  # NaN last
        told = (~np.isnan(off)).sum(axis=1)
        place = np.minimum(np.ceil((told + 1) * INSIDE).astype(int), told) - 1
        width = np.take_along_axis(off, np.maximum(place, 0)[:, None], axis=1)
        found[:, ahead] = np.where(told[:, None] >= LEAST_ORIGINS, np.maximum(width, NORMAL_80), np.nan)
    return found


def _inside(scaled: Array, width: Array) -> Array:
    is_told = ~np.isnan(scaled) & ~np.isnan(width)
    with np.errstate(invalid="ignore"):
        return np.where(is_told, (np.abs(scaled) <= width).astype(float), np.nan)


def _mean(values: Array) -> Array:
    """Of the known values in each row; 0 where none is known."""
    known = ~np.isnan(values)
    mean: Array = np.where(known, values, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return mean


def _median(values: Array, axis: int) -> Array:
    """Of the known values; 0 where none is known."""
    empty = np.isnan(values).all(axis=axis, keepdims=True)
    median: Array = np.nanmedian(np.where(empty, 0.0, values), axis=axis)
    return median
