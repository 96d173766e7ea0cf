"""The sample ratio check: whether people are spread over the variants as planned. If not, no figure can be trusted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SUSPICIOUS_BELOW = 0.001
"""Source: A. Fabijan et al., Diagnosing Sample Ratio Mismatch in Online Controlled Experiments, KDD 2019."""


@dataclass(frozen=True)
class SampleRatio:
    """How many people each variant should have, and the probability of a spread this far from it by chance."""

    expected: Mapping[str, float]
    p_value: float

    @property
    def is_suspicious(self) -> bool:
        """Whether the spread is hardly chance."""
        return self.p_value < SUSPICIOUS_BELOW


def shares_of(texts: Sequence[str]) -> dict[str, float]:
    """Variant → weight, out of `variant=weight` as experiments keep them."""
    return {name.strip(): float(weight) for name, _, weight in (text.rpartition("=") for text in texts)}


def sample_ratio(people: Mapping[str, int], shares: Mapping[str, float]) -> SampleRatio | None:
    """The chi-squared test of people by variant against planned shares; equal ones if none are. None for fewer than two
    variants, or without anybody. A variant that is not planned is suspicious whatever its size.
    """
    from scipy import stats

    planned = shares or dict.fromkeys(people, 1.0)
    total = sum(people.values())
    if len({*people, *planned}) < 2 or not total:
        return None
    expected = {name: total * weight / sum(planned.values()) for name, weight in planned.items()}
    if not people.keys() <= planned.keys():
        return SampleRatio(expected, 0.0)
    test = stats.chisquare([people.get(name, 0) for name in expected], list(expected.values()))
    return SampleRatio(expected, float(test.pvalue))
