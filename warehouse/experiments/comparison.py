"""What a variant's figure differs from the control's: difference, intervals, probability, by the means of scipy."""

import math
from dataclasses import dataclass

from warehouse.experiments.always_valid import width
from warehouse.experiments.figures import Figure


@dataclass(frozen=True)
class Interval:
    """From `low` to `high`, both included."""

    low: float
    high: float

    def scaled(self, factor: float) -> "Interval":
        """The same in another unit."""
        return Interval(self.low * factor, self.high * factor)


@dataclass(frozen=True)
class Difference:
    """Variant less control, absolute in the metric's smallest unit, and relative to the control's figure.

    `interval` holds for one look that was planned, `always_valid` for all looks at once. What is relative is None where
    the control's figure is 0. `variance_share` is the share of the variance that the weeks before leave; None where
    they were not used.
    """

    value: float
    interval: Interval
    always_valid: Interval
    p_value: float
    relative: float | None
    relative_interval: Interval | None
    relative_always_valid: Interval | None
    variance_share: float | None


@dataclass(frozen=True)
class _Adjusted:
    """Both figures after what the weeks before explain (theta of it) was taken off."""

    value: float
    variant_variance: float
    control_variance: float
    theta: float

    @property
    def variance(self) -> float:
        return self.variant_variance + self.control_variance


def compared(variant: Figure, control: Figure, alpha: float, cuped: bool) -> Difference | None:
    """The difference of two figures; None where neither varies.

    Welch's test and interval, for figures whose variances differ. With `cuped`, what the same people did before is
    taken off, as far as it predicts the figures.
    Source: A. Deng, Y. Xu, R. Kohavi, T. Walker, Improving the Sensitivity of Online Controlled Experiments by
    Utilizing Pre-Experiment Data, WSDM 2013.
    """
    from scipy import stats

    plain = _adjusted(variant, control, 0.0)
    used = _adjusted(variant, control, _theta(variant, control)) if cuped else plain
    error = math.sqrt(used.variance)
    if not error:
        return None
    # The variance of a figure stands for that of a mean: scipy wants that of single people.
    spread = [
        math.sqrt(one * people)
        for one, people in ((used.variant_variance, variant.people), (used.control_variance, control.people))
    ]
    test = stats.ttest_ind_from_stats(used.value, spread[0], variant.people, 0.0, spread[1], control.people, False)
    reach = float(stats.t.isf(alpha / 2, _freedom(used, variant.people, control.people)))
    always = width(variant.people + control.people, alpha)
    relative, relative_error = _relative(used, control)
    return Difference(
        used.value,
        _around(used.value, reach * error),
        _around(used.value, always * error),
        float(test.pvalue),
        relative,
        None if relative is None else _around(relative, reach * relative_error),
        None if relative is None else _around(relative, always * relative_error),
        used.variance / plain.variance if cuped and plain.variance else None,
    )


def _theta(variant: Figure, control: Figure) -> float:
    """How much of the difference before is taken off: what makes the variance of the difference least."""
    spread = variant.before_variance + control.before_variance
    if variant.before is None or control.before is None or not spread:
        return 0.0
    return (variant.covariance + control.covariance) / spread


def _adjusted(variant: Figure, control: Figure, theta: float) -> _Adjusted:
    before = (variant.before or 0.0) - (control.before or 0.0)
    return _Adjusted(
        variant.value - control.value - theta * before,
        _variance(variant, theta),
        _variance(control, theta),
        theta,
    )


def _variance(figure: Figure, theta: float) -> float:
    # Rounding may leave less than nothing where the weeks before explain everything.
    return max(figure.variance - 2 * theta * figure.covariance + theta * theta * figure.before_variance, 0.0)


def _freedom(used: _Adjusted, variant_people: int, control_people: int) -> float:
    """Welch's degrees of freedom. Source: B. L. Welch, Biometrika 34 (1947); scipy computes the same and keeps it."""
    parts = used.variant_variance**2 / (variant_people - 1) + used.control_variance**2 / (control_people - 1)
    return used.variance**2 / parts


def _relative(used: _Adjusted, control: Figure) -> tuple[float | None, float]:
    """The difference divided by the control's figure, and its standard error by the delta method."""
    if not control.value:
        return None, 0.0
    ratio = used.value / control.value
    with_control = -(control.variance - used.theta * control.covariance)
    variance = used.variance - 2 * ratio * with_control + ratio * ratio * control.variance
    return ratio, math.sqrt(max(variance, 0.0)) / abs(control.value)


def _around(value: float, reach: float) -> Interval:
    return Interval(value - reach, value + reach)
