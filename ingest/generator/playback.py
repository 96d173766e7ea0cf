"""How a session plays: device, picture quality, stalls and completion."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ingest.generator.audience import SUBSCRIPTIONS, Audience
from ingest.generator.countries import COUNTRIES
from ingest.generator.plan import Plan
from ingest.generator.sampling import lookup_rows, pick

DEVICES = ("Smart TV", "Mobile", "Desktop", "Tablet", "Game Console")
QUALITIES = ("480p", "720p", "1080p", "4K")
AGE_BANDS = 4
LOOKUP_WIDTH = 512
FAVOURITE = 0.55
OUTAGE_BUFFERING = 6.0
OUTAGE_CUTS = 0.5

# Device weights by part of the day (night, morning, working day, evening) and by age band.
_BY_HOUR = np.array([[30, 44, 8, 10, 8.0], [10, 56, 16, 16, 2], [18, 36, 30, 12, 4], [54, 20, 8, 10, 8]])
_BY_AGE = np.array(
    [[0.6, 1.5, 1.0, 0.7, 2.4], [0.9, 1.2, 1.1, 0.9, 1.4], [1.2, 0.9, 1.0, 1.2, 0.4], [1.7, 0.5, 0.8, 1.5, 0.05]]
)
# Picture quality weights by device and by subscription.
_BY_DEVICE = np.array([[4, 16, 48, 32.0], [30, 45, 24, 1], [10, 35, 50, 5], [14, 46, 38, 2], [3, 14, 48, 35]])
_BY_SUBSCRIPTION = np.array([[4.0, 1.4, 0.15, 0], [1.5, 1.6, 0.5, 0], [0.8, 1.0, 1.3, 0.05], [0.4, 0.6, 1.1, 2.2]])
# Per device: stalls per hour of play, and the effect on completion.
_DEVICE_STALLS = np.array([0.45, 1.5, 0.6, 1.1, 0.4])
_QUALITY_STALLS = np.array([0.7, 0.8, 1.0, 1.9])
_DEVICE_PATIENCE = np.array([0.06, -0.10, -0.02, 0.0, 0.03], dtype=np.float32)
_BASE_PATIENCE, _TASTE_PATIENCE, _LENGTH_PATIENCE = np.float32(0.42), np.float32(0.11), np.float32(0.0022)


@dataclass(frozen=True, slots=True, eq=False)
class Playback:
    """Each user's `favourite` device, and look-up rows (see `sampling`) for devices and qualities."""

    favourite: npt.NDArray[np.int8]
    age_band: npt.NDArray[np.int8]
    device_rows: npt.NDArray[np.int32]
    quality_rows: npt.NDArray[np.int32]

    def devices(
        self, user: npt.NDArray[np.integer], local_hour: npt.NDArray[np.integer], rng: np.random.Generator
    ) -> npt.NDArray[np.int32]:
        """The device of each session: half the time the user's favourite, else by hour and age."""
        drawn = pick(self.device_rows, local_hour.astype(np.int64) * AGE_BANDS + self.age_band[user], rng)
        habit = rng.random(len(user), dtype=np.float32) < FAVOURITE
        return np.where(habit, self.favourite[user].astype(np.int32), drawn)

    def qualities(
        self, device: npt.NDArray[np.integer], subscription: npt.NDArray[np.integer], rng: np.random.Generator
    ) -> npt.NDArray[np.int32]:
        """The picture quality of each session, by device and subscription."""
        return pick(self.quality_rows, device * len(SUBSCRIPTIONS) + subscription, rng)


def build_playback(plan: Plan, audience: Audience) -> Playback:
    """The playback habits of the plan's users."""
    rng = plan.rng("playback")
    part = np.repeat([0, 1, 2, 3, 0], [6, 4, 8, 5, 1])
    by_hour_and_age = (_BY_HOUR[part][:, None, :] * _BY_AGE).reshape(-1, len(DEVICES))
    by_device_and_subscription = (_BY_DEVICE[:, None, :] * _BY_SUBSCRIPTION).reshape(-1, len(QUALITIES))
    age_band = np.digitize(audience.age, [25, 40, 60]).astype(np.int8)
    favourites = lookup_rows(_BY_HOUR.mean(axis=0) * _BY_AGE, LOOKUP_WIDTH, rng)
    return Playback(
        favourite=pick(favourites, age_band, rng).astype(np.int8),
        age_band=age_band,
        device_rows=lookup_rows(by_hour_and_age, LOOKUP_WIDTH, rng),
        quality_rows=lookup_rows(by_device_and_subscription, LOOKUP_WIDTH, rng),
    )


def completions(
    match: npt.NDArray[np.float32],
    minutes: npt.NDArray[np.integer],
    device: npt.NDArray[np.integer],
    rng: np.random.Generator,
) -> npt.NDArray[np.float64]:
    """The watched share of the film, 0 to 1: higher if the film suits the person, lower for long films and small
    screens.

    Some people stay to the end (or to the credits, from 0.92); the others leave, mostly early.
    """
    patience = _BASE_PATIENCE + _TASTE_PATIENCE * match - _LENGTH_PATIENCE * (minutes.astype(np.float32) - 105)
    stays = rng.random(len(match), dtype=np.float32) < patience + _DEVICE_PATIENCE[device]
    # Double precision, because single-precision powers differ between processors by more than the stored precision.
    point = rng.random(len(match), dtype=np.float32).astype(np.float64)
    return np.where(stays, np.minimum(0.92 + 0.1 * point, 1), 0.92 * point**1.6)


def stalls(
    watched_hours: npt.NDArray[np.floating],
    device: npt.NDArray[np.integer],
    quality: npt.NDArray[np.integer],
    country: npt.NDArray[np.integer],
    network: npt.NDArray[np.float32],
    rng: np.random.Generator,
) -> npt.NDArray[np.int64]:
    """The number of stalls per session; a higher `network` means a worse connection."""
    places = np.asarray([c.buffering for c in COUNTRIES])
    an_hour = (_DEVICE_STALLS[:, None] * _QUALITY_STALLS).ravel()[device * len(QUALITIES) + quality]
    count: npt.NDArray[np.int64] = np.minimum(
        rng.poisson(an_hour * places[country] * network * (watched_hours + 0.05)), 1_000
    )
    return count
