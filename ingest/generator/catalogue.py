"""The films: attributes, appeal, and how demand for a release spikes and fades.

Appeal is log-normal: a few titles get most views, and a long tail gets few. One film in eight is released on a Friday
within the window and has no views before.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ingest.generator import fake_texts as texts
from ingest.generator.plan import DAY_S, Plan
from ingest.generator.sampling import choose
from ingest.generator.words import GENRE_WEIGHTS, GENRES, TYPICAL_MINUTES
from warehouse.ids import from_numbers
from warehouse.tables.incoming_schemas import INCOMING

BATCH_ROWS = 65_536
APPEAL_SPREAD = 1.2
NEW_IN_WINDOW = 0.12
SPIKE_FADES_DAYS = 8.0
OLDEST_YEARS = 60


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """Film i has the id i + 1. Arrays have the shape (films,), except `genre_share` (films, genres).

    `release_day` counts days from 1970; `appeal` is the film's long-term demand; `spike` multiplies it on the first
    day; `acclaim` is how good raters find it, in standard deviations.
    """

    genres: npt.NDArray[np.int64]
    genre_share: npt.NDArray[np.float64]
    minutes: npt.NDArray[np.int64]
    release_day: npt.NDArray[np.int64]
    appeal: npt.NDArray[np.float64]
    spike: npt.NDArray[np.float64]
    acclaim: npt.NDArray[np.float32]

    def demand(self, day: int) -> npt.NDArray[np.float64]:
        """The demand for each film on a day (counted from 1970); 0 before its release."""
        age_days = day - self.release_day
        fresh = 1 + self.spike * np.exp(-np.maximum(age_days, 0) / SPIKE_FADES_DAYS)
        aged = np.exp(-np.maximum(age_days, 0) / (25 * 365))
        return np.where(age_days < 0, 0.0, self.appeal * fresh * aged)


def build_catalogue(plan: Plan) -> Catalogue:
    """The films of the plan. Film 1 is an old one, so there is always something to watch."""
    rng = plan.rng("catalogue")
    films = plan.size.movies
    genres = _genres(rng, films)
    minutes = np.asarray(TYPICAL_MINUTES)[genres[:, 0]] + rng.normal(0, 16, films).round().astype(np.int64)
    acclaim = rng.normal(0, 1, films)
    return Catalogue(
        genres=genres,
        genre_share=_genre_share(genres),
        minutes=np.clip(minutes, 61, 220),
        release_day=_release_days(plan, rng),
        # Good films have slightly more demand; most of it is luck.
        appeal=np.exp(rng.normal(0, APPEAL_SPREAD, films) + 0.3 * acclaim),
        spike=rng.gamma(2.5, 4.0, films),
        acclaim=acclaim.astype(np.float32),
    )


def movie_batches(plan: Plan, catalogue: Catalogue) -> Iterator[pa.RecordBatch]:
    """The films as rows of `movies`, by id."""
    films = plan.size.movies
    rng = plan.rng("directors")
    names = np.asarray(texts.directors(plan, min(2_000, max(1, films * 2 // 5))))
    crew = choose(1 / np.sqrt(np.arange(1, len(names) + 1)), films, rng)
    titles = texts.titles(plan, [GENRES[genre] for genre in catalogue.genres[:, 0].tolist()])
    for first in range(0, films, BATCH_ROWS):
        rows = slice(first, min(first + BATCH_ROWS, films))
        yield pa.record_batch(
            [
                from_numbers(np.arange(rows.start, rows.stop, dtype=np.uint64) + np.uint64(1)),
                pa.array(titles[rows], pa.string()),
                pa.array([_names(film) for film in catalogue.genres[rows].tolist()], pa.list_(pa.string())),
                pa.array(catalogue.minutes[rows], pa.uint16()),
                pa.array(catalogue.release_day[rows].astype(np.int32), pa.int32()).cast(pa.date32()),
                pa.array(names[crew[rows]].tolist(), pa.string()),
            ],
            schema=INCOMING["movies"],
        )


def _genres(rng: np.random.Generator, films: int) -> npt.NDArray[np.int64]:
    """One to three different genres per film, shape (films, 3), padded with -1."""
    genres = np.stack([choose(np.asarray(GENRE_WEIGHTS), films, rng) for _ in range(3)], axis=1)
    genres[:, 1][(rng.random(films) < 0.35) | (genres[:, 1] == genres[:, 0])] = -1
    repeated = (genres[:, 2] == genres[:, 0]) | (genres[:, 2] == genres[:, 1])
    genres[:, 2][(rng.random(films) < 0.7) | (genres[:, 1] < 0) | repeated] = -1
    return genres


def _names(genres: list[int]) -> list[str]:
    return [GENRES[genre] for genre in genres if genre >= 0]


def _genre_share(genres: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Each genre's share of a film; the first genre counts twice."""
    share = np.zeros((len(genres), len(GENRES)))
    for position, weight in enumerate((2.0, 1.0, 1.0)):
        named = np.flatnonzero(genres[:, position] >= 0)
        share[named, genres[named, position]] += weight
    share /= share.sum(axis=1, keepdims=True)
    return share


def _release_days(plan: Plan, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Release days from 1970: one film in eight within the window, the others before it, mostly shortly before."""
    films = plan.size.movies
    first_day = plan.start_s // DAY_S
    before = (OLDEST_YEARS * 365 * rng.beta(0.7, 2.2, films)).astype(np.int64) + 1
    within = (rng.random(films) * plan.size.days).astype(np.int64)
    within -= (first_day + within + 6) % 7  # back to the Friday before: day 1 of the epoch was one
    opens_in_window = rng.random(films) < NEW_IN_WINDOW
    opens_in_window[0] = False
    return np.where(opens_in_window & (within >= 0), first_day + within, first_day - before)
