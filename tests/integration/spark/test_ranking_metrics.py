"""Precision, recall and NDCG equal a plain recount; the split keeps each user's newest films back, and none leaks."""

import random
from datetime import UTC, datetime, timedelta
from math import log, log2

import pytest
from pyspark.sql import DataFrame, SparkSession

from spark.preferences import contacts_of, hold_out, preferences
from spark.ranking_metrics import score

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
    assert found.films == len({film for user in held_out for film in lists.get(user, [])})
    assert found.precision == pytest.approx(sum(len(hits[user]) / 5 for user in held_out) / users)
    assert found.recall == pytest.approx(sum(len(hits[user]) / len(held_out[user]) for user in held_out) / users)
    gains = (sum(1 / log2(rank + 1) for rank in hits[user]) / best[user] for user in held_out)
    assert found.ndcg == pytest.approx(sum(gains) / users)


def test_what_is_below_the_cut_does_not_count(spark: SparkSession) -> None:
    listed = spark.createDataFrame([(1, 1, 5), (1, 2, 6), (1, 3, 7)], "user_key int, rank int, movie_key int")
    found = score(listed, pairs(spark, [(1, 6), (1, 7)]), 2)
    assert (found.precision, found.recall) == (0.5, 0.5)
    assert found.ndcg == pytest.approx((1 / log2(3)) / (1 + 1 / log2(3)))


def test_the_newest_fifth_of_each_users_films_is_held_out_and_nothing_later_is_learnt_from(spark: SparkSession) -> None:
    chance = random.Random(3)
    # Few instants and films, so that ties and returns to a film are common.
    sessions: list[Session] = [
        (chance.randrange(12), chance.randrange(15), NOON + timedelta(hours=chance.randrange(20)), 500_000)
        for _ in range(150)
    ]
    ratings: list[Rating] = [
        (chance.randrange(12), chance.randrange(15), 300, NOON + timedelta(hours=chance.randrange(20)))
        for _ in range(60)
    ]
    learnt, held_out = hold_out(contacts(spark, sessions, ratings))
    found = {(row.user_key, row.movie_key) for row in held_out.collect()}
    rows = [(row.user_key, row.movie_key, row.at.replace(tzinfo=UTC)) for row in learnt.collect()]

    events = [(user, film, at) for user, film, at, _ in sessions] + [(user, film, at) for user, film, _, at in ratings]
    expected, kept = set(), []
    for user in {user for user, _, _ in events}:
        own = [(at, film) for who, film, at in events if who == user]
        first = {film: min(at for at, other in own if other == film) for _, film in own}
        order = sorted((at, film) for film, at in first.items())
        late = order[len(order) - len(order) // 5 :]
        expected |= {(user, film) for _, film in late}
        kept += [(user, film, at) for at, film in own if not late or (at, film) < late[0]]
    assert found == expected
    assert sorted(rows) == sorted(kept)
    assert not found & {(user, film) for user, film, _ in rows}


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
