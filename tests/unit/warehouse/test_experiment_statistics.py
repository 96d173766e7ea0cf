"""The statistics of experiments, against what they promise: simulated A/A and A/B tests, bootstraps, other packages."""

import math

import numpy as np
import numpy.typing as npt
import pytest
from scipy import stats
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from warehouse.experiments.always_valid import width
from warehouse.experiments.comparison import Difference, Interval, compared
from warehouse.experiments.figures import figure_of, value_of
from warehouse.experiments.moments import Moments
from warehouse.experiments.power import detectable_effect, people_needed
from warehouse.experiments.results import GuardrailVerdict, guardrail_of
from warehouse.experiments.sample_ratio import sample_ratio, shares_of

Numbers = npt.NDArray[np.int64]
ALPHA = 0.05
SIMULATIONS = 1_000
# Of a share of 5 % in 1,000 simulations, chance alone gives up to 6.7 % in 99 of 100 runs; the seeds are fixed.
BY_CHANCE = 0.067


def moments(**columns: Numbers) -> Moments:
    """The moments of columns of one number for each person."""
    names = sorted(columns)
    return Moments(
        len(columns[names[0]]),
        {name: int(columns[name].sum()) for name in names},
        {(one, two): int(columns[one] @ columns[two]) for one in names for two in names if one <= two},
    )


def difference(variant: Moments, control: Moments, bottom: str | None = None, cuped: bool = False) -> Difference:
    """The difference in `top`, or in its ratio to `bottom`."""
    one, other = figure_of(variant, "top", bottom), figure_of(control, "top", bottom)
    assert one is not None
    assert other is not None
    found = compared(one, other, ALPHA, cuped)
    assert found is not None
    return found


def views(chance: np.random.Generator, people: int, factor: float = 1.0) -> Numbers:
    """How often people watch: most of them hardly, some very much, and by `factor` more."""
    return chance.poisson(chance.gamma(0.6, 4.0, people) * factor).astype(np.int64)


def has_zero(interval: Interval) -> bool:
    return interval.low <= 0 <= interval.high


def test_an_experiment_that_changes_nothing_is_called_a_change_in_one_of_twenty() -> None:
    chance = np.random.default_rng(1)
    found = [difference(moments(top=views(chance, 400)), moments(top=views(chance, 700))) for _ in range(SIMULATIONS)]
    alarms = sum(one.p_value < ALPHA for one in found)
    assert alarms / SIMULATIONS <= BY_CHANCE
    # The interval says the same as the probability, always.
    assert [one.p_value < ALPHA for one in found] == [not has_zero(one.interval) for one in found]


def test_intervals_have_the_true_difference_in_them_nineteen_times_of_twenty() -> None:
    chance = np.random.default_rng(2)
    missed = relative_missed = 0
    for _ in range(SIMULATIONS):
        one = difference(moments(top=views(chance, 600, 1.2)), moments(top=views(chance, 600)))
        missed += not one.interval.low <= 2.4 * 0.2 <= one.interval.high
        assert one.relative_interval is not None
        relative_missed += not one.relative_interval.low <= 0.2 <= one.relative_interval.high
    assert missed / SIMULATIONS <= BY_CHANCE
    assert relative_missed / SIMULATIONS <= BY_CHANCE


def test_ratios_are_compared_as_if_all_people_were_drawn_again() -> None:
    """The delta method against a bootstrap of people."""
    chance = np.random.default_rng(3)
    sets = []
    for factor in (1.1, 1.0):
        times = views(chance, 3_000) + 1
        minutes = (times * chance.gamma(4.0, 10.0 * factor, 3_000)).astype(np.int64)
        sets.append((minutes, times))
    one, other = (moments(top=top, bottom=bottom) for top, bottom in sets)
    found = difference(one, other, bottom="bottom")
    assert found.value == pytest.approx(sets[0][0].sum() / sets[0][1].sum() - sets[1][0].sum() / sets[1][1].sum())
    drawn = []
    for _ in range(2_000):
        ratios = []
        for top, bottom in sets:
            people = chance.integers(0, len(top), len(top))
            ratios.append(top[people].sum() / bottom[people].sum())
        drawn.append(ratios[0] - ratios[1])
    low, high = np.quantile(drawn, (0.025, 0.975))
    assert found.interval.high - found.interval.low == pytest.approx(high - low, rel=0.06)
    assert found.interval.low == pytest.approx(low, abs=0.05 * (high - low))


def test_the_weeks_before_take_away_the_variance_that_they_explain() -> None:
    chance = np.random.default_rng(4)
    shares, missed = [], 0
    for _ in range(200):
        sides = []
        for factor in (1.1, 1.0):
            rate = chance.gamma(2.0, 10.0, 500)
            sides.append(
                moments(
                    top=chance.poisson(rate * factor).astype(np.int64),
                    top_before=chance.poisson(rate).astype(np.int64),
                )
            )
        sharper = difference(sides[0], sides[1], cuped=True)
        plain = difference(sides[0], sides[1])
        assert sharper.variance_share is not None
        assert plain.variance_share is None
        shares.append(sharper.variance_share)
        missed += not sharper.interval.low <= 2.0 <= sharper.interval.high
    # Rates vary by 200; before, 20 of chance are added. With 10 % more that is 242 and 22. The covariances of both
    # sides are 220 and 200: their sum's square, by the sums of variances before and after, is what is explained.
    assert np.mean(shares) == pytest.approx(1 - 420**2 / (440 * 484), abs=0.01)
    assert missed / 200 <= 0.1


def test_the_weeks_before_sharpen_ratios_too_and_change_nothing_where_they_say_nothing() -> None:
    chance = np.random.default_rng(5)
    sides = []
    for _ in range(2):
        taste = chance.gamma(9.0, 5.0, 2_000)
        columns, times = {}, views(chance, 2_000) + 1
        for suffix in ("", "_before"):
            columns[f"bottom{suffix}"] = times
            columns[f"top{suffix}"] = chance.poisson(taste * times).astype(np.int64)
        sides.append(moments(**columns))
    sharper, plain = (
        difference(sides[0], sides[1], bottom="bottom", cuped=True),
        difference(sides[0], sides[1], bottom="bottom"),
    )
    assert sharper.variance_share is not None
    # Tastes vary by 225 for the square of times. Chance adds 45 for each time.
    squares = 2.4 * (1 + 4) + 2.4**2 + 2 * 2.4 + 1
    assert sharper.variance_share == pytest.approx(1 - (225 * squares / (225 * squares + 45 * 3.4)) ** 2, rel=0.2)
    assert sharper.interval.high - sharper.interval.low < 0.5 * (plain.interval.high - plain.interval.low)
    silent = [moments(top=views(chance, 50), top_before=np.zeros(50, np.int64)) for _ in range(2)]
    assert difference(silent[0], silent[1], cuped=True).interval == difference(silent[0], silent[1]).interval


def test_whoever_looks_every_day_is_misled_in_one_of_twenty_at_most() -> None:
    """People come day by day for eight weeks; each counts with the same time. Nothing differs, and every day is looked
    at. The fixed interval is wrong in a third of such experiments."""
    chance = np.random.default_rng(6)
    days, a_day, simulations = 56, 60, 1_500
    fixed = always = 0
    for _ in range(simulations):
        people = views(chance, 2 * days * a_day).reshape(2, days, a_day).astype(float)
        count = a_day * np.arange(1, days + 1)
        total, squares = people.sum(2).cumsum(1), (people**2).sum(2).cumsum(1)
        variance = (squares - total**2 / count) / (count - 1)
        off = np.abs(np.diff(total / count, axis=0)[0]) / np.sqrt(variance.sum(0) / count)
        fixed += bool((off > 1.96).any())
        always += bool((off > [width(2 * one, ALPHA) for one in count.tolist()]).any())
    assert fixed / simulations > 0.25, "the simulation does not show what it warns of"
    assert always / simulations <= ALPHA


def test_figures_that_grow_while_they_are_looked_at_mislead_no_more_often() -> None:
    """The hardest case for open figures: everybody is assigned on the first day, what they do on one day says nothing
    about the next, and the experiment is looked at on each of 84 days."""
    chance = np.random.default_rng(7)
    people, days, simulations, alarms = 800, 84, 400, 0
    bound = width(2 * people, ALPHA)
    for _ in range(simulations):
        grown = chance.exponential(1.0, (2, people, days)).cumsum(2)
        off = np.abs(np.diff(grown.mean(1), axis=0)[0]) / np.sqrt(grown.var(1, ddof=1).sum(0) / people)
        alarms += bool((off > bound).any())
    assert alarms / simulations <= ALPHA


def test_the_always_valid_interval_is_the_wider_one_and_ends_at_the_published_width() -> None:
    chance = np.random.default_rng(8)
    found = difference(moments(top=views(chance, 400, 1.5)), moments(top=views(chance, 400)))
    assert found.always_valid.low < found.interval.low < found.interval.high < found.always_valid.high
    half = (found.interval.high - found.interval.low) / 2
    always = (found.always_valid.high - found.always_valid.low) / 2
    assert always / half == pytest.approx(width(800, ALPHA) / 1.963, rel=0.001)
    # By hand: rho squared is (5.9915 + ln 6.9915) / 10,000 = 0.00079361; at 10,000 people 1 + 7.9361 = 8.9361.
    assert width(10_000, ALPHA) == pytest.approx(
        math.sqrt(2 * 8.9361 / 7.9361 * math.log(math.sqrt(8.9361) / 0.05)), 1e-4
    )


def test_welch_is_what_other_packages_make_of_everybodys_numbers() -> None:
    chance = np.random.default_rng(9)
    one, other = views(chance, 90, 1.3), views(chance, 60)
    found = difference(moments(top=one), moments(top=other))
    means = CompareMeans(DescrStatsW(one), DescrStatsW(other))
    low, high = means.tconfint_diff(alpha=ALPHA, usevar="unequal")
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high))
    assert found.p_value == pytest.approx(stats.ttest_ind(one, other, equal_var=False).pvalue)


def test_sums_too_large_for_floats_lose_nothing() -> None:
    large = 10**15
    rows = np.array([large + 1, large + 2, large + 3], dtype=object)
    sums = Moments(3, {"top": int(rows.sum())}, {("top", "top"): int((rows * rows).sum())})
    assert sums.covariance("top", "top") == 1


def test_too_few_people_and_numbers_that_never_vary_are_not_compared() -> None:
    same, alone = moments(top=np.full(5, 3)), moments(top=np.array([3]))
    assert figure_of(alone, "top", None) is None
    assert value_of(alone, "top", None) == 3.0
    figure = figure_of(same, "top", None)
    assert figure is not None
    assert compared(figure, figure, ALPHA, cuped=True) is None
    assert figure_of(moments(top=np.array([1, 2]), bottom=np.array([0, 0])), "top", "bottom") is None


def test_a_spread_far_from_the_plan_is_suspicious() -> None:
    even = sample_ratio({"a": 5_000, "b": 5_100}, {})
    assert even is not None
    assert (even.expected, even.is_suspicious) == ({"a": 5_050.0, "b": 5_050.0}, False)
    # One degree of freedom: the square of 1.0 standard deviation, 31.7 %.
    assert even.p_value == pytest.approx(math.erfc(math.sqrt(0.990099 / 2)), 1e-4)
    planned = shares_of(["a=9", "b = 1"])
    assert planned == {"a": 9.0, "b": 1.0}
    wrong = sample_ratio({"a": 5_000, "b": 5_100}, planned)
    assert wrong is not None
    assert wrong.is_suspicious
    stranger = sample_ratio({"a": 90, "b": 10, "c": 1}, planned)
    assert stranger is not None
    assert (stranger.p_value, stranger.is_suspicious) == (0.0, True)
    assert sample_ratio({"a": 10}, {}) is None
    gone = sample_ratio({"a": 100}, planned)
    assert gone is not None
    assert gone.p_value == pytest.approx(0.00086, abs=0.00001)


def test_the_sample_ratio_check_warns_wrongly_in_one_of_a_thousand() -> None:
    chance = np.random.default_rng(10)
    warned = 0
    for new in chance.binomial(10_000, 0.5, 2_000).tolist():
        found = sample_ratio({"new": new, "old": 10_000 - new}, {})
        assert found is not None
        warned += found.is_suspicious
    assert warned <= 8


def test_as_many_people_as_planned_show_the_change_as_often_as_planned() -> None:
    # A textbook's: 393 people each see an effect of 0.2 with a power of 80 %, Cohen 1988, table 2.4.1.
    assert people_needed(0.2, ALPHA, 0.8) == 394
    assert detectable_effect(394, ALPHA, 0.8) == pytest.approx(0.2, abs=0.0005)
    chance = np.random.default_rng(11)
    people = people_needed(0.2, ALPHA, 0.8)
    one, other = chance.normal(0.2, 1, (2_000, people)), chance.normal(0, 1, (2_000, people))
    shown = (stats.ttest_ind(one, other, axis=1, equal_var=False).pvalue < ALPHA).mean()
    assert shown == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize(
    ("low", "high", "is_better", "verdict"),
    [
        (-0.01, 0.03, 1, GuardrailVerdict.HOLDS),
        (-0.03, 0.01, 1, GuardrailVerdict.UNCLEAR),
        (-0.09, -0.03, 1, GuardrailVerdict.BROKEN),
        (-0.09, -0.03, -1, GuardrailVerdict.HOLDS),
        (0.03, 0.09, -1, GuardrailVerdict.BROKEN),
        (-0.01, 0.02, -1, GuardrailVerdict.HOLDS),
    ],
)
def test_a_guardrail_is_broken_when_all_that_is_likely_is_beyond_it(
    low: float, high: float, is_better: int, verdict: GuardrailVerdict
) -> None:
    one = Interval(0, 0)
    found = Difference(0, one, one, 1, (low + high) / 2, one, Interval(low, high), None)
    assert guardrail_of(found, is_better, worst=0.02) is verdict
