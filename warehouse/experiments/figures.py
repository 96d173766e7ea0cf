"""The figure of one variant: a mean or a ratio, the figure of the same people before, and how both vary."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from warehouse.experiments.moments import Moments

BEFORE = "_before"
"""The suffix of columns that add up the weeks before."""
Weights = Mapping[str, Fraction]


@dataclass(frozen=True)
class Figure:
    """A figure in the metric's smallest unit. `variance`, `before_variance` and `covariance` are those of the two
    figures themselves, not of single people. `before` is None where nothing before can be told.
    """

    people: int
    value: float
    variance: float
    before: float | None = None
    before_variance: float = 0.0
    covariance: float = 0.0


def value_of(moments: Moments, top: str, bottom: str | None) -> float | None:
    """The mean of `top` over people, or the ratio of its sum to that of `bottom`, of one person at least; None where
    nothing is to divide by."""
    now = _linear(moments, top, bottom)
    return None if now is None else float(now[0])


def figure_of(moments: Moments, top: str, bottom: str | None) -> Figure | None:
    """The value with how it varies; None for fewer than two people, or where nothing is to divide by.

    The variance of a ratio is that of its linear approximation.
    Source: A. Deng, U. Knoblich, J. Lu, Applying the Delta Method in Metric Analytics, KDD 2018, section 2.
    """
    now = _linear(moments, top, bottom)
    if moments.people < 2 or now is None:
        return None
    value, weights = now
    then = _linear(moments, top + BEFORE, None if bottom is None else bottom + BEFORE)
    figure = Figure(moments.people, float(value), _covariance(moments, weights, weights))
    if then is None:
        return figure
    before, before_weights = then
    return Figure(
        moments.people,
        figure.value,
        figure.variance,
        float(before),
        _covariance(moments, before_weights, before_weights),
        _covariance(moments, weights, before_weights),
    )


def _linear(moments: Moments, top: str, bottom: str | None) -> tuple[Fraction, Weights] | None:
    """A figure, and the weights of the columns in its linear approximation."""
    if moments.people == 0 or top not in moments.sums:
        return None
    if bottom is None:
        return moments.mean(top), {top: Fraction(1)}
    if not moments.sums[bottom]:
        return None
    ratio = Fraction(moments.sums[top], moments.sums[bottom])
    scale = 1 / moments.mean(bottom)
    return ratio, {top: scale, bottom: -ratio * scale}


def _covariance(moments: Moments, one: Weights, other: Weights) -> float:
    """Of two figures, given the weights of their columns."""
    total = sum(
        (
            weight * second * moments.covariance(left, right)
            for left, weight in one.items()
            for right, second in other.items()
        ),
        Fraction(0),
    )
    return float(total / moments.people)
