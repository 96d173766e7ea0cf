"""Intervals that hold at all times at once, so that an experiment may be looked at every day and ended at any."""

import math

TUNED_PEOPLE = 10_000
"""The number of people at which the interval is narrowest. Fixed: it must not depend on what was seen."""


def width(people: int, alpha: float, tuned_people: int = TUNED_PEOPLE) -> float:
    """How many standard errors an interval for the difference of two figures reaches to each side, so that the true
    difference lies in all intervals, after any number of people, with a probability of 1 - `alpha`.

    It is the boundary of a mixture of sequential probability ratio tests over normally distributed effects, and holds
    as soon as the figures are close to normal: some hundred people.
    Source: I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy, A. Ramdas, Time-uniform central limit theory and
    asymptotic confidence sequences, The Annals of Statistics 52 (2024), theorem 2.2, and appendix B.2 for the tuning.
    """
    tuning = (-2 * math.log(alpha) + math.log(-2 * math.log(alpha) + 1)) / tuned_people
    spread = people * tuning + 1
    return math.sqrt(2 * spread / (spread - 1) * math.log(math.sqrt(spread) / alpha))
