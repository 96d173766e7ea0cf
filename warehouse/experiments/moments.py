"""Sums over the people of one variant: all that an experiment's statistics need, and nothing of a single person."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Moments:
    """How many people, and for columns of one number each: their sums, and the sums of products of two, whose names are
    in order. Whole numbers, so everything below is exact.
    """

    people: int
    sums: Mapping[str, int]
    products: Mapping[tuple[str, str], int]

    def mean(self, column: str) -> Fraction:
        """The mean over people, of one at least."""
        return Fraction(self.sums[column], self.people)

    def covariance(self, one: str, other: str) -> Fraction:
        """The sample covariance of two columns (of one with itself: the variance), of two people at least."""
        product = self.products[min(one, other), max(one, other)]
        count = self.people
        return Fraction(count * product - self.sums[one] * self.sums[other], count * (count - 1))
