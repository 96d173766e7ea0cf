"""The users: country, age, subscription, tastes, and when they sign up and leave."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingest.generator import fake_texts as texts
from ingest.generator.countries import COUNTRIES
from ingest.generator.plan import Plan
from ingest.generator.sampling import choose
from ingest.generator.tastes import CIRCLES
from warehouse.ids import from_numbers
from warehouse.tables.incoming_schemas import INCOMING

BATCH_ROWS = 65_536
SUBSCRIPTIONS = ("Free", "Basic", "Standard", "Premium")
SUBSCRIPTION_WEIGHTS = (0.18, 0.30, 0.34, 0.18)
GENDERS = ("Female", "Male", "Non-binary", "Undisclosed")
GENDER_WEIGHTS = (0.475, 0.465, 0.02, 0.04)
# How much subscribers of each plan watch, and the days after which half of them have left.
EAGERNESS = (0.6, 0.9, 1.1, 1.35)
HALF_LIFE_DAYS = (120, 260, 420, 700)
SIGNED_UP_BEFORE = 0.68
AGE_UNKNOWN = 0.03
MAIL_DOMAINS = ("example.com", "example.org", "example.net")


@dataclass(frozen=True, slots=True, eq=False)
class Audience:
    """User i has the id i + 1. Arrays have the shape (users,), except `circles` (users, 2).

    A user is present in the hours `[arrives, leaves)` of the plan. `network` multiplies how often a stream stalls. A
    user holds `activity` of their country's `tickets`, so drawing a uniform ticket draws a user by weight. The tickets
    of country c are `tickets[ticket_start[c]:ticket_start[c + 1]]`.
    """

    country: npt.NDArray[np.int64]
    age: npt.NDArray[np.int64]
    gender: npt.NDArray[np.int64]
    subscription: npt.NDArray[np.int64]
    circles: npt.NDArray[np.int8]
    blend: npt.NDArray[np.float32]
    network: npt.NDArray[np.float32]
    generosity: npt.NDArray[np.float32]
    arrives: npt.NDArray[np.int32]
    leaves: npt.NDArray[np.int32]
    activity: npt.NDArray[np.int64]
    tickets: npt.NDArray[np.int32]
    ticket_start: npt.NDArray[np.int64]

    def present(self, hours: int) -> npt.NDArray[np.int64]:
        """How many tickets of each country are present in each hour, shape (hours, countries)."""
        change = np.zeros((hours + 1, len(COUNTRIES)), dtype=np.int64)
        np.add.at(change, (self.arrives, self.country), self.activity)
        np.subtract.at(change, (np.minimum(self.leaves, hours), self.country), self.activity)
        return np.cumsum(change, axis=0)[:hours]


def build_audience(plan: Plan) -> Audience:
    """The users of the plan. User 1 is always present, so a view is possible in every hour."""
    rng = plan.rng("audience")
    users = plan.size.users
    country = choose(np.asarray([c.share for c in COUNTRIES]), users, rng)
    subscription = _subscriptions(rng, country)
    arrives, leaves = _stays(plan, rng, subscription)
    # Half of the users watch little; a few watch every evening.
    eager = rng.lognormal(1.3, 0.85, users) * np.asarray(EAGERNESS)[subscription]
    activity = np.clip(np.rint(eager), 1, 60).astype(np.int64)
    by_country = np.argsort(country, kind="stable")
    held = np.bincount(country, weights=activity, minlength=len(COUNTRIES)).astype(np.int64)
    return Audience(
        country=country,
        age=_ages(rng, users),
        gender=choose(np.asarray(GENDER_WEIGHTS), users, rng),
        subscription=subscription,
        circles=_circles(rng, country),
        blend=rng.beta(4, 1.6, users).astype(np.float32),
        # Most connections are good, with a tail of slow or crowded ones.
        network=rng.lognormal(-0.25, 0.7, users).astype(np.float32),
        generosity=rng.normal(0, 0.3, users).astype(np.float32),
        arrives=arrives,
        leaves=leaves,
        activity=activity,
        tickets=np.repeat(by_country, activity[by_country]).astype(np.int32),
        ticket_start=np.concatenate([[0], np.cumsum(held)]),
    )


def user_batches(plan: Plan, audience: Audience) -> Iterator[pa.RecordBatch]:
    """The users as rows of `users`, by id."""
    pools = [texts.handles(plan, country.locale) for country in COUNTRIES]
    first_names = np.asarray([first for first, _ in pools], dtype=object)
    last_names = np.asarray([last for _, last in pools], dtype=object)
    codes = np.asarray([country.code for country in COUNTRIES], dtype=object)
    for first in range(0, plan.size.users, BATCH_ROWS):
        ids = np.arange(first, min(first + BATCH_ROWS, plan.size.users))
        rng = plan.rng("user names", first)
        country = audience.country[ids]
        given = first_names[country, rng.integers(first_names.shape[1], size=len(ids))]
        family = last_names[country, rng.integers(last_names.shape[1], size=len(ids))]
        number = pa.array(ids + 1).cast(pa.string())
        family_number = pc.binary_join_element_wise(pa.array(family, pa.string()), number, "")
        username = pc.binary_join_element_wise(pa.array(given, pa.string()), family_number, ".")
        domain = np.asarray(MAIL_DOMAINS, dtype=object)[rng.integers(len(MAIL_DOMAINS), size=len(ids))]
        age = audience.age[ids]
        yield pa.record_batch(
            [
                from_numbers((ids + 1).astype(np.uint64)),
                username,
                pc.binary_join_element_wise(username, pa.array(domain, pa.string()), "@"),
                pa.array(codes[country], pa.string()),
                pa.array(np.asarray(SUBSCRIPTIONS, dtype=object)[audience.subscription[ids]], pa.string()),
                pa.array(age.astype(np.uint8), pa.uint8(), mask=age == 0),
                pa.array(np.asarray(GENDERS, dtype=object)[audience.gender[ids]], pa.string()),
            ],
            schema=INCOMING["users"],
        )


def _ages(rng: np.random.Generator, users: int) -> npt.NDArray[np.int64]:
    """Ages: a young peak, a family peak and a tail of retired people; 0 if unknown."""
    hump = choose(np.asarray([0.45, 0.38, 0.17]), users, rng)
    age = np.rint(rng.normal(np.asarray([26, 43, 65])[hump], np.asarray([6, 9, 8])[hump])).astype(np.int64)
    return np.where(rng.random(users) < AGE_UNKNOWN, 0, np.clip(age, 16, 94))


def _subscriptions(rng: np.random.Generator, country: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Subscriptions; richer countries have more of the expensive ones."""
    prices = np.asarray([c.prices for c in COUNTRIES])
    weights = np.asarray(SUBSCRIPTION_WEIGHTS) * prices[:, None] ** np.asarray([-1.2, -0.4, 0.6, 1.4])
    cumulative = np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1)
    return _by_country(rng, cumulative, country)


def _circles(rng: np.random.Generator, country: npt.NDArray[np.int64]) -> npt.NDArray[np.int8]:
    """Two taste circles per user, shape (users, 2); each country prefers some circles."""
    share = rng.dirichlet(np.full(CIRCLES, 2.0), len(COUNTRIES))
    cumulative = np.cumsum(share, axis=1)
    return np.stack([_by_country(rng, cumulative, country) for _ in range(2)], axis=1).astype(np.int8)


def _by_country(
    rng: np.random.Generator, cumulative: npt.NDArray[np.float64], country: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Draw a choice for each user by the cumulative weights of their country, shape (countries, choices)."""
    past = rng.random(len(country))[:, None] > cumulative[country, :-1]
    drawn: npt.NDArray[np.int64] = past.sum(axis=1)
    return drawn


def _stays(
    plan: Plan, rng: np.random.Generator, subscription: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """The hours in which users sign up and leave, `[arrives, leaves)`; `leaves` is past the end for those who stay."""
    users = len(subscription)
    # Sign-ups grow towards the end of the window.
    later = (rng.random(users) ** 0.85 * plan.hours).astype(np.int64)
    arrives = np.where(rng.random(users) < SIGNED_UP_BEFORE, 0, later)
    mean_hours = np.asarray(HALF_LIFE_DAYS)[subscription] * 24 / np.log(2)
    leaves = arrives + 24 + rng.exponential(mean_hours).astype(np.int64)
    arrives[0], leaves[0] = 0, plan.hours
    return arrives.astype(np.int32), np.minimum(leaves, plan.hours).astype(np.int32)
