"""The ratings: people rate films soon after watching, by the same tastes. A person may rate a film more than once."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ingest.generator import fake_texts as texts
from ingest.generator.parallel import ordered_map
from ingest.generator.who_watches import Schedule
from ingest.generator.world import World
from warehouse.ids import from_numbers
from warehouse.tables.incoming_schemas import INCOMING, INSTANT

WITH_REVIEW = 0.22
# The lowest rating of each review mood, in half stars.
MOODS = {"hated": 1, "shrugged": 4, "liked": 7, "loved": 9}
LATEST_AFTER_S = 5_400


def rating_batches(world: World) -> Iterator[pa.RecordBatch]:
    """The ratings as rows of `ratings`, sorted by id and roughly by time."""
    schedule = Schedule.of(world, "ratings", world.plan.size.ratings)
    pools = [texts.reviews(world.plan, mood) for mood in MOODS]
    reviews = pa.array([text for pool in pools for text in pool], pa.string())
    return ordered_map(lambda chunk: _batch(schedule, reviews, *chunk), schedule.chunks())


def _batch(schedule: Schedule, reviews: pa.StringArray, first: int, end: int) -> pa.RecordBatch:
    world = schedule.world
    rng = world.plan.rng("ratings", 1, first)
    viewing = schedule.draw(np.arange(first, end), rng)
    count = end - first
    acclaim = world.catalogue.acclaim[viewing.film]
    generosity = world.audience.generosity[viewing.user]
    pleased = 3.1 + 0.55 * viewing.match + 0.35 * acclaim + generosity + rng.normal(0, 0.55, count)
    halves = np.clip(np.rint(pleased * 2), 1, 10).astype(np.int64)
    after_s = world.catalogue.minutes[viewing.film] * 60 + rng.integers(LATEST_AFTER_S, size=count)
    return pa.record_batch(
        [
            from_numbers(np.arange(first + 1, end + 1, dtype=np.uint64)),
            from_numbers((viewing.user + 1).astype(np.uint64)),
            from_numbers((viewing.film + 1).astype(np.uint64)),
            pa.array((halves * 50).astype(np.uint16)),
            _reviews(reviews, halves, rng),
            pa.array(np.minimum(viewing.start_s + after_s, world.plan.until_s - 1), pa.int64()).cast(INSTANT),
        ],
        schema=INCOMING["ratings"],
    )


def _reviews(reviews: pa.StringArray, halves: npt.NDArray[np.int64], rng: np.random.Generator) -> pa.StringArray:
    """A review in the matching mood for some ratings, null for the others."""
    mood = np.digitize(halves, list(MOODS.values())[1:])
    chosen = mood * texts.REVIEWS_A_MOOD + rng.integers(texts.REVIEWS_A_MOOD, size=len(halves))
    silent = rng.random(len(halves)) >= WITH_REVIEW
    return reviews.take(pa.array(chosen, mask=silent))
