"""Precision, recall, NDCG and variety equal a plain recount; the split is one instant for all, and nothing leaks."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from math import ceil, log, log2

import pytest
from pyspark.sql import DataFrame, SparkSession

from spark.preferences import contacts_of, hold_out, preferences, split_at
from spark.ranking_metrics import score, variety

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
Session = tuple[int, int, datetime, int | None]
Rating = tuple[int, int, int, datetime]


def contacts(spark: SparkSession, sessions: list[Session], ratings: list[Rating]) -> DataFrame:
    return contacts_of(
        spark.createDataFrame(
            sessions, "user_key bigint, movie_key bigint, start_time timestamp, completion_e6 bigint"
        ),
        spark.createDataFrame(ratings, "user_key bigint, movie_key bigint, rating_e2 bigint, rating_date timestamp"),
    )


def pairs(spark: SparkSession, rows: list[tuple[int, int]]) -> DataFrame:
    return spark.createDataFrame(rows, "user_key int, movie_key int")


def test_scores_equal_a_plain_recount(spark: SparkSession) -> None:
    chance = random.Random(7)
    lists = {user: chance.sample(range(30), chance.choice([0, 3, 5])) for user in range(20)}
    held_out = {user: chance.sample(range(30), chance.choice([1, 2, 9])) for user in range(3, 23)}
    rows = [(user, rank, film) for user, films in lists.items() for rank, film in enumerate(films, 1)]
    listed = spark.createDataFrame(rows, "user_key int, rank int, movie_key int")
    found = score(listed, pairs(spark, [(user, film) for user, films in held_out.items() for film in films]), 5)

    hits = {
        user: [lists.get(user, []).index(f) + 1 for f in held_out[user] if f in lists.get(user, [])]
        for user in held_out
    }
    best = {user: sum(1 / log2(rank + 1) for rank in range(1, min(5, len(held_out[user])) + 1)) for user in held_out}
    users = len(held_out)
    assert found.users == users
    assert found.held_out == sum(map(len, held_out.values()))
    assert found.precision == pytest.approx(sum(len(hits[user]) / 5 for user in held_out) / users)
    assert found.recall == pytest.approx(sum(len(hits[user]) / len(held_out[user]) for user in held_out) / users)
    gains = (sum(1 / log2(rank + 1) for rank in hits[user]) / best[user] for user in held_out)
    assert found.ndcg == pytest.approx(sum(gains) / users)


def test_what_is_below_the_cut_does_not_count(spark: SparkSession) -> None:
    listed = spark.createDataFrame([(1, 1, 5), (1, 2, 6), (1, 3, 7)], "user_key int, rank int, movie_key int")
    found = score(listed, pairs(spark, [(1, 6), (1, 7)]), 2)
    assert (found.precision, found.recall) == (0.5, 0.5)
    assert found.ndcg == pytest.approx((1 / log2(3)) / (1 + 1 / log2(3)))


def test_variety_equals_a_plain_recount(spark: SparkSession) -> None:
    chance = random.Random(9)
    met = {(user, min(chance.randrange(24), chance.randrange(24))) for user in range(20) for _ in range(9)}
    lists = {user: chance.sample(range(30), 6) for user in range(12)}
    rows = [(user, rank, film) for user, films in lists.items() for rank, film in enumerate(films, 1)]
    found = variety(spark.createDataFrame(rows, "user_key int, rank int, movie_key int"), pairs(spark, sorted(met)), 5)

    viewers = Counter(film for _, film in met)
    users = len({user for user, _ in met})
    places = [film for films in lists.values() for film in films[:5] if film in viewers]
    tenth = sorted(viewers.values(), reverse=True)[: ceil(len(viewers) / 10)]
    assert found.titles == len(set(places))
    assert found.coverage == pytest.approx(len(set(places)) / len(viewers))
    assert found.novelty == pytest.approx(sum(log2(users / viewers[film]) for film in places) / len(places))
    assert found.popular_share == pytest.approx(sum(viewers[film] >= tenth[-1] for film in places) / len(places))


def test_the_split_is_one_instant_after_which_a_fifth_of_first_contacts_come(spark: SparkSession) -> None:
    chance = random.Random(3)
    # Few instants and films, so that ties and returns to a film are common.
    sessions: list[Session] = [
        (chance.randrange(12), chance.randrange(15), NOON + timedelta(minutes=30 * chance.randrange(40)), 500_000)
        for _ in range(150)
    ]
    ratings: list[Rating] = [
        (chance.randrange(12), chance.randrange(15), 300, NOON + timedelta(minutes=30 * chance.randrange(40)))
        for _ in range(60)
    ]
    ratings.append((99, 1, 300, NOON + timedelta(hours=20)))
    told = contacts(spark, sessions, ratings).cache()
    split = split_at(told)
    assert split is not None
    learnt, held_out = hold_out(told, split)
    found = {(row.user_key, row.movie_key) for row in held_out.collect()}
    rows = [(row.user_key, row.movie_key, row.at.replace(tzinfo=UTC)) for row in learnt.collect()]

    events = [(user, film, at) for user, film, at, _ in sessions] + [(user, film, at) for user, film, _, at in ratings]
    first: dict[tuple[int, int], datetime] = {}
    for user, film, at in events:
        first[user, film] = min(at, first.get((user, film), at))
    later = {hour: sum(at >= NOON + timedelta(hours=hour) for at in first.values()) for hour in range(22)}
    assert split == NOON + timedelta(hours=min(hour for hour, count in later.items() if count * 5 <= len(first)))
    known = {user for user, _, at in events if at < split}
    # People who first appear after the split were not in the training data, so they are not part of the measurement.
    assert 99 not in known
    assert found == {(user, film) for (user, film), at in first.items() if at >= split and user in known}
    assert sorted(rows) == sorted(event for event in events if event[2] < split)


def test_nothing_to_split_has_no_split(spark: SparkSession) -> None:
    assert split_at(contacts(spark, [], [])) is None


def test_films_that_all_begin_at_once_leave_nothing_held_out(spark: SparkSession) -> None:
    told = contacts(spark, [(1, film, NOON, None) for film in range(9)], [])
    split = split_at(told)
    assert split == NOON + timedelta(hours=1)
    assert hold_out(told, split)[1].isEmpty()


def test_a_preference_grows_with_sessions_completion_and_the_newest_rating(spark: SparkSession) -> None:
    later = NOON + timedelta(days=1)
    told = contacts(
        spark,
        [(1, 1, NOON, 0), (1, 2, NOON, 1_000_000), (1, 3, NOON, None), (1, 3, later, 1_000_000)],
        [(1, 2, 100, NOON), (1, 2, 450, later), (1, 4, 300, NOON)],
    )
    found = {row.movie_key: row.preference for row in preferences(told).collect()}
    told_of = {1: 0.5, 2: 1 + 4.5 / 3, 3: 0.75 + 1, 4: 1}
    assert found == pytest.approx({film: log(1 + much) for film, much in told_of.items()}, rel=1e-6)
