"""Tastes: each circle of taste has a score for each film, and each person is a blend of two circles.

A film's score for a person is `blend * score[first circle] + (1 - blend) * score[second circle]`. This is a low-rank
model, which recommenders can find. Views and ratings both follow it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ingest.generator.plan import Plan
from ingest.generator.words import GENRES

CIRCLES = 16
MOODS = 4
TASTE_STRENGTH = 1.1


@dataclass(frozen=True, slots=True, eq=False)
class Tastes:
    """`score` (circles, films): a circle's liking for a film, in standard deviations, with mean 0 in each circle."""

    score: npt.NDArray[np.float32]

    def match(
        self,
        circles: npt.NDArray[np.integer],
        blend: npt.NDArray[np.float32],
        films: npt.NDArray[np.integer],
    ) -> npt.NDArray[np.float32]:
        """Person i's liking for film i, shape (n,), from the person's two circles (n, 2) and blend (n,)."""
        scores = self.score.ravel()
        width = self.score.shape[1]
        first = scores[circles[:, 0].astype(np.int64) * width + films]
        second = scores[circles[:, 1].astype(np.int64) * width + films]
        matched: npt.NDArray[np.float32] = second + blend * (first - second)
        return matched


def build_tastes(plan: Plan, genre_share: npt.NDArray[np.float64]) -> Tastes:
    """Circles that each prefer two or three genres and a mood; `genre_share` has the shape (films, genres)."""
    rng = plan.rng("tastes")
    films = len(genre_share)
    love = rng.normal(0, 0.35, (CIRCLES, len(GENRES)))
    for circle in range(CIRCLES):
        # Cycling through the genres gives each genre circles that prefer it.
        favourites = [circle % len(GENRES), *rng.choice(len(GENRES), 2, replace=False)]
        love[circle, favourites] += (2.2, 1.4, 0.7)
    mood = rng.normal(0, 0.55, (CIRCLES, MOODS)) @ rng.normal(0, 0.55, (MOODS, films))
    score = love @ genre_share.T + mood
    score -= score.mean(axis=1, keepdims=True)
    score /= np.maximum(score.std(axis=1, keepdims=True), 1e-9)
    return Tastes(score.astype(np.float32))
