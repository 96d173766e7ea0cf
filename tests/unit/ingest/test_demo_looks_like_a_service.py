"""The demo's picture: each of these would fail if the data were flat, or if a promise of the generator were broken."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pytest

from ingest.generator.countries import COUNTRIES
from ingest.generator.plan import DAY_S
from ingest.generator.words import GENRES
from tests.unit.ingest.worlds import Seen, demo_world, rows, seen


@pytest.fixture(scope="module")
def sessions() -> Seen:
    return seen(demo_world(), "viewing_sessions", "start_time")


@pytest.fixture(scope="module")
def ratings() -> Seen:
    return seen(demo_world(), "ratings", "rating_date")


@pytest.mark.parametrize("country", range(len(COUNTRIES)), ids=[country.code for country in COUNTRIES])
def test_views_peak_in_the_evening_of_each_country(sessions: Seen, country: int) -> None:

    zone = ZoneInfo(COUNTRIES[country].zone)
    starts = sessions.start_s[sessions.world.audience.country[sessions.user] == country].tolist()
    hours = [datetime.fromtimestamp(start, UTC).astimezone(zone).hour for start in starts]
    by_hour = np.bincount(hours, minlength=24)
    evening, night = by_hour[18:23].sum(), by_hour[1:6].sum()
    assert evening > 0.35 * len(starts)
    assert evening > 6 * night
    assert int(by_hour.argmax()) in range(18, 23)


def test_weekends_are_busier(sessions: Seen) -> None:
    by_day = np.bincount(sessions.day - sessions.day.min())[1:-1]
    weekday = (np.arange(len(by_day)) + sessions.day.min() + 1 + 3) % 7
    assert by_day[weekday >= 5].mean() > 1.2 * by_day[weekday < 5].mean()


def test_the_service_grows_but_mildly(sessions: Seen) -> None:
    weeks = np.bincount((sessions.start_s - sessions.world.plan.start_s) // (7 * DAY_S))[:12]
    assert 1.05 < weeks[-4:].sum() / weeks[:4].sum() < 1.8


def test_days_are_noisy_beyond_chance(sessions: Seen) -> None:
    by_day = np.bincount(sessions.day - sessions.day.min())[1:-1].astype(np.float64)
    week_before, same_weekday = by_day[:-7], by_day[7:]
    change = np.log(same_weekday / week_before)
    assert change.std() > 1.3 * np.sqrt(2 / by_day.mean())


def test_few_titles_carry_most_views_and_a_long_tail_has_some(sessions: Seen) -> None:
    views = np.sort(np.bincount(sessions.film, minlength=200))
    assert 0.55 < gini(views) < 0.85
    assert views[-20:].sum() > 0.4 * views.sum()
    assert np.count_nonzero(views) > 180


def test_nothing_is_seen_before_its_release_and_new_films_spike_and_fade(sessions: Seen) -> None:
    release = sessions.world.catalogue.release_day[sessions.film]
    age_days = sessions.day - release
    assert age_days.min() >= 0
    plan = sessions.world.plan
    new = (release >= plan.start_s // DAY_S) & (release < plan.until_s // DAY_S - 28)
    assert len(np.unique(sessions.film[new])) >= 5
    by_age = np.bincount(age_days[new], minlength=28)
    assert by_age[:7].sum() > 1.5 * by_age[21:28].sum()


def test_films_open_on_fridays(sessions: Seen) -> None:
    release = sessions.world.catalogue.release_day
    opened = release[release >= sessions.world.plan.start_s // DAY_S]
    assert len(opened) >= 10
    assert set(((opened + 3) % 7).tolist()) == {4}


def test_people_watch_only_between_signing_up_and_leaving(sessions: Seen) -> None:
    audience = sessions.world.audience
    assert (sessions.hour >= audience.arrives[sessions.user]).all()
    assert (sessions.hour < audience.leaves[sessions.user]).all()
    assert 0.2 < np.mean(audience.arrives > 0) < 0.5
    assert 0.1 < np.mean(audience.leaves < sessions.world.plan.hours) < 0.5


def test_every_view_lies_in_the_window(sessions: Seen, ratings: Seen) -> None:
    plan = sessions.world.plan
    for one in (sessions, ratings):
        assert one.start_s.min() >= plan.start_s
        assert one.start_s.max() < plan.until_s
    assert plan.start_s + DAY_S > sessions.start_s.min()
    assert plan.until_s - DAY_S < sessions.start_s.max()


def test_a_few_people_watch_much(sessions: Seen) -> None:
    views = np.bincount(sessions.user, minlength=5_000)
    assert np.count_nonzero(views) > 4_000
    assert gini(views) > 0.4


def test_people_keep_to_their_genres(sessions: Seen) -> None:
    """Two halves of a person's views resemble each other more than two people's do."""
    shares = [genre_shares(sessions, half) for half in (0, 1)]
    watched = np.bincount(sessions.user, minlength=5_000) >= 16
    first, second = (share[watched] - share[watched].mean(axis=0) for share in shares)
    same = np.einsum("ug,ug->u", first, second).mean()
    other = np.einsum("ug,ug->u", first, np.roll(second, 1, axis=0)).mean()
    assert same > 0.02
    assert same > 5 * abs(other)


def test_what_people_watch_predicts_how_they_rate(sessions: Seen, ratings: Seen) -> None:
    """A film that a person's kindred watch more than others do gets more stars from that person."""
    circle = sessions.world.audience.circles[:, 0].astype(np.int64)
    films = sessions.world.plan.size.movies
    counted = np.bincount(circle[sessions.user] * films + sessions.film, minlength=16 * films).reshape(16, films) + 1.0
    lift = np.log(counted / counted.sum(axis=1, keepdims=True) / (counted.sum(axis=0) / counted.sum()))
    expected = lift[circle[ratings.user], ratings.film]
    stars = ratings.numbers("rating_e2")
    residual = stars - film_means(ratings.film, stars, films)
    assert np.corrcoef(expected, residual)[0, 1] > 0.2


def test_ratings_are_halves_of_stars_around_three_and_a_half(ratings: Seen) -> None:
    stars = ratings.numbers("rating_e2") / 100
    assert set(np.unique(stars * 2).tolist()) <= set(range(1, 11))
    assert 3.2 < stars.mean() < 4.1
    assert stars.std() > 0.6
    with_text = 1 - ratings.table["review_text"].null_count / len(stars)
    assert 0.15 < with_text < 0.3


def test_better_matches_are_watched_longer(sessions: Seen) -> None:
    audience = sessions.world.audience
    match = sessions.world.tastes.match(audience.circles[sessions.user], audience.blend[sessions.user], sessions.film)
    completion = sessions.numbers("completion_e6") / 1e6
    assert completion[match > 1].mean() > completion[match < -0.5].mean() + 0.05
    assert 0.5 < completion.mean() < 0.8


def test_minutes_are_the_completion_of_the_films_length(sessions: Seen) -> None:
    minutes = sessions.numbers("watch_minutes_e4") / 1e4
    length = sessions.world.catalogue.minutes[sessions.film]
    np.testing.assert_allclose(minutes, sessions.numbers("completion_e6") / 1e6 * length, atol=1e-4)


def test_some_devices_qualities_and_countries_buffer_more(sessions: Seen) -> None:
    device, quality = (np.asarray(sessions.table[name].to_pylist()) for name in ("device_type", "quality"))
    country = sessions.world.audience.country[sessions.user]
    codes = [one.code for one in COUNTRIES]
    stalls = sessions.numbers("buffering_count")
    assert stalls[device == "Mobile"].mean() > 1.5 * stalls[device == "Smart TV"].mean()
    assert stalls[quality == "4K"].mean() > 1.1 * stalls[quality == "1080p"].mean()
    assert stalls[country == codes.index("IN")].mean() > 1.5 * stalls[country == codes.index("JP")].mean()


def test_devices_depend_on_the_hour_and_the_age(sessions: Seen) -> None:
    world = sessions.world
    television = np.asarray(sessions.table["device_type"].to_pylist()) == "Smart TV"
    local_hour = world.rhythm.local_hour[sessions.hour, world.audience.country[sessions.user]]
    age = world.audience.age[sessions.user]
    assert len(set(sessions.table["device_type"].to_pylist())) == 5
    assert television[local_hour >= 19].mean() > 1.2 * television[(local_hour >= 7) & (local_hour < 16)].mean()
    assert television[age >= 60].mean() > 1.3 * television[(age > 0) & (age < 25)].mean()


def test_who_pays_little_gets_no_4k(sessions: Seen) -> None:
    quality = np.asarray(sessions.table["quality"].to_pylist())
    subscription = sessions.world.audience.subscription[sessions.user]
    assert set(np.unique(quality[subscription <= 1])) == {"480p", "720p", "1080p"}
    assert (quality[subscription == 3] == "4K").mean() > 0.2


def test_one_evening_is_dark_for_three_hours_and_what_runs_stalls(sessions: Seen) -> None:
    first, last = sessions.world.rhythm.outage
    dark = (sessions.hour >= first) & (sessions.hour < last)
    usual = [(sessions.hour >= first - week * 168) & (sessions.hour < last - week * 168) for week in (1, 2, 3)]
    assert last - first == 3
    assert dark.sum() < 0.3 * np.mean([week.sum() for week in usual])
    stalls = sessions.numbers("buffering_count")
    assert stalls[dark].mean() > 1.5 * np.mean([stalls[week].mean() for week in usual])


def test_users_are_a_believable_crowd() -> None:
    users = rows(demo_world(), "users")
    gender = users["gender"].to_pylist()
    assert {*gender} == {"Female", "Male", "Non-binary", "Undisclosed"}
    assert 0.01 < gender.count("Non-binary") / len(gender) < 0.04
    ages = [age for age in users["age"].to_pylist() if age is not None]
    assert 100 < len(gender) - len(ages) < 250
    assert 16 <= min(ages) <= max(ages) <= 94
    assert 33 < np.mean(ages) < 43
    assert {*users["subscription"].to_pylist()} == {"Free", "Basic", "Standard", "Premium"}
    assert {*users["country"].to_pylist()} == {country.code for country in COUNTRIES}


def test_user_names_and_addresses_are_unique_and_lead_nowhere() -> None:
    users = rows(demo_world(), "users")
    assert len({*users["username"].to_pylist()}) == 5_000
    emails = users["email"].to_pylist()
    assert len({*emails}) == 5_000
    assert {email.rpartition("@")[2] for email in emails} == {"example.com", "example.org", "example.net"}
    assert all(email.isascii() and email.islower() and " " not in email for email in emails)


def test_titles_are_unique_and_capitalised_and_every_genre_has_some() -> None:
    movies = rows(demo_world(), "movies")
    titles = movies["title"].to_pylist()
    assert len({*titles}) == 200
    assert all(title[0].isupper() and not title.endswith(".") for title in titles)
    assert {genres[0] for genres in movies["genres"].to_pylist()} == {*GENRES}


def gini(counts: npt.NDArray[np.integer]) -> float:
    """0 where all have the same, near 1 where one has all."""
    ordered = np.sort(counts).astype(np.float64)
    rank = np.arange(1, len(ordered) + 1)
    return float((2 * (rank * ordered).sum() / ordered.sum() - len(ordered) - 1) / len(ordered))


def genre_shares(sessions: Seen, half: int) -> npt.NDArray[np.float64]:
    """What part of each user's even (or odd) views falls on each first genre, shape (users, genres)."""
    chosen = np.arange(len(sessions.user)) % 2 == half
    genre = sessions.world.catalogue.genres[sessions.film[chosen], 0]
    counted = np.bincount(sessions.user[chosen] * len(GENRES) + genre, minlength=5_000 * len(GENRES))
    counts = counted.reshape(5_000, len(GENRES)).astype(np.float64)
    return np.asarray(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))


def film_means(film: npt.NDArray[np.int64], stars: npt.NDArray[np.float64], films: int) -> npt.NDArray[np.float64]:
    """The mean rating of each rating's film."""
    total = np.bincount(film, weights=stars, minlength=films)
    return np.asarray((total / np.maximum(np.bincount(film, minlength=films), 1))[film])
