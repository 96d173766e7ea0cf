"""Who likes what: circles of taste that films please more or less, and people who stand between two circles.

The score of a film for a person is `blend * score[first circle] + (1 - blend) * score[second circle]`: a model of low
rank, which is what a recommender looks for. Views and ratings both follow it.
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
    """`score` (circles, films): how well a film pleases a circle, in standard deviations, mean 0 in each circle."""

    score: npt.NDArray[np.float32]

    def match(
        self,
        circles: npt.NDArray[np.integer],
        blend: npt.NDArray[np.float32],
        films: npt.NDArray[np.integer],
    ) -> npt.NDArray[np.float32]:
        """How well film i pleases person i, shape (n,), from the person's two circles (n, 2) and their blend (n,)."""
        scores = self.score.ravel()
        width = self.score.shape[1]
        first = scores[circles[:, 0].astype(np.int64) * width + films]
        second = scores[circles[:, 1].astype(np.int64) * width + films]
        matched: npt.NDArray[np.float32] = second + blend * (first - second)
        return matched


def build_tastes(plan: Plan, genre_share: npt.NDArray[np.float64]) -> Tastes:
    """Circles that love two or three genres and a mood; `genre_share` (films, genres) says what each film is."""
    rng = plan.rng("tastes")
    films = len(genre_share)
    love = rng.normal(0, 0.35, (CIRCLES, len(GENRES)))
    for circle in range(CIRCLES):
        # Walking through the genres gives each of them circles that love it.
        favourites = [circle % len(GENRES), *rng.choice(len(GENRES), 2, replace=False)]
        love[circle, favourites] += (2.2, 1.4, 0.7)
    mood = rng.normal(0, 0.55, (CIRCLES, MOODS)) @ rng.normal(0, 0.55, (MOODS, films))
    score = love @ genre_share.T + mood
    score -= score.mean(axis=1, keepdims=True)
    score /= np.maximum(score.std(axis=1, keepdims=True), 1e-9)
    return Tastes(score.astype(np.float32))
