"""Recommendations beat popularity on MovieLens and the demo data, leave out what was met, come out the same twice."""

import random
from argparse import Namespace
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from pyspark.ml.recommendation import ALSModel
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from spark import recommendations
from spark.jobs import recommendations as job
from spark.jobs.recommendations import RATINGS, SESSIONS, measure, refuse_unless_better
from spark.parquet import Refused, read
from spark.popularity import popular, popular_in_countries
from spark.preferences import contacts_of, preferences
from spark.progress import Progress
from spark.ranking_metrics import Scores
from spark.recommendations import fit, recommend, similar_titles
from spark.row_numbers import with_places
from spark.variety import least_standing, standing_out, vary
from tests.integration.spark.snapshots import write_demo, write_movielens

pytestmark = pytest.mark.slow


def contacts_in(spark: SparkSession, folder: Path) -> DataFrame:
    sessions = read(spark, f"{folder}/viewing_sessions", SESSIONS)
    return contacts_of(sessions, read(spark, f"{folder}/ratings", RATINGS)).cache()


@pytest.fixture(scope="module")
def demo(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> DataFrame:
    return contacts_in(spark, write_demo(tmp_path_factory.mktemp("demo") / "in"))


@pytest.fixture(scope="module")
def known(demo: DataFrame) -> DataFrame:
    return preferences(demo).cache()


@pytest.fixture(scope="module")
def model(known: DataFrame) -> ALSModel:
    return fit(known, iterations=2)


# By `make prove` only: the demo data show the same on more users.
@pytest.mark.sampled(0)
def test_recommendations_beat_popularity_on_movielens(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # In its twenty years few users were there both before and after one instant.
    monkeypatch.setattr(job, "MIN_USERS", 20)
    found = measure(contacts_in(spark, write_movielens(tmp_path / "in", by_month=False)))
    ours, popularity = found.varied.scores, found.popular.scores
    assert (ours.users, ours.held_out) == (23, 3439)
    assert ours.ndcg > 1.1 * popularity.ndcg
    assert ours.ndcg >= 0.98 * found.plain.scores.ndcg
    assert found.varied.variety.titles >= found.plain.variety.titles > found.popular.variety.titles


def test_recommendations_beat_popularity_on_the_demo_data(demo: DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "fit", lambda known: fit(known, iterations=4))
    found = measure(demo)
    ours, popularity = found.varied, found.popular
    assert (ours.scores.users, popularity.scores.users) == (3028, 3028)
    assert ours.scores.ndcg > 1.06 * popularity.scores.ndcg
    assert ours.scores.precision > popularity.scores.precision
    assert ours.scores.recall > popularity.scores.recall
    # Twice the titles of the model alone, for at most a fiftieth of its quality.
    assert ours.variety.titles >= 2 * found.plain.variety.titles
    assert ours.scores.ndcg >= 0.98 * found.plain.scores.ndcg
    assert popularity.variety.novelty < found.plain.variety.novelty < ours.variety.novelty
    assert popularity.variety.popular_share > found.plain.variety.popular_share > ours.variety.popular_share


def test_a_film_stands_out_by_how_far_its_score_is_from_everybodys(known: DataFrame, model: ALSModel) -> None:
    met = known.select("user_key", "movie_key").where("user_key < 300").cache()
    rows = standing_out(model, met, 5).collect()
    users = {row.id: np.array(row.features) for row in model.userFactors.collect()}
    viewers = Counter(row.movie_key for row in met.collect())
    items = {row.id: np.array(row.features) for row in model.itemFactors.collect() if viewers[row.id] >= 2}
    seen = {(row.user_key, row.movie_key) for row in met.collect()}
    scores = np.array(list(users.values())) @ np.array(list(items.values())).T
    standings = (scores - scores.mean(axis=0)) / scores.std(axis=0)
    asked = {user for user, _ in seen}
    for at, user in ((at, user) for at, user in enumerate(users) if user in asked):
        unmet = [
            (-standings[at, of], film, scores[at, of]) for of, film in enumerate(items) if (user, film) not in seen
        ]
        own = sorted((row for row in rows if row.user_key == user), key=lambda row: -row.standing)
        best = sorted(unmet)[:5]
        assert [row.standing for row in own] == pytest.approx([-one[0] for one in best], abs=0.02)
        assert sum(row.score for row in own) == pytest.approx(sum(one[2] for one in best), abs=0.01)


def test_every_tenth_place_goes_to_a_film_that_stands_out_and_is_not_on_the_list(spark: SparkSession) -> None:
    columns = "user_key int, rank int, movie_key int, score double"
    lists = spark.createDataFrame(
        [*((1, rank, rank, 1 - rank / 100) for rank in range(1, 21)), *((2, rank, rank, 0.5) for rank in range(1, 8))],
        columns,
    )
    outstanding = spark.createDataFrame(
        [
            # 3 is on the list already; of 50 and 40, which stand out alike, 40 is first; 60 does not stand out enough.
            *((1, 3, 9.0, 0.2), (1, 50, 2.0, 0.3), (1, 40, 2.0, 0.4), (1, 60, 1.0, 0.5)),
            (2, 50, 5.0, 0.1),
        ],
        "user_key int, movie_key int, standing double, score double",
    )
    rows = {(row.user_key, row.rank): (row.movie_key, row.score) for row in vary(lists, outstanding, 1.5).collect()}
    assert len(rows) == 27
    assert (rows[1, 10], rows[1, 20]) == ((40, 0.4), (50, 0.3))
    assert {place: film for (user, place), (film, _) in rows.items() if user == 1 and place % 10} == {
        place: place for place in range(1, 21) if place % 10
    }
    # A list that does not come to ten places has no tenth.
    assert [rows[2, rank][0] for rank in range(1, 8)] == [1, 2, 3, 4, 5, 6, 7]
    # 40 stands out for one by 2, 50 for the other by 5.
    assert least_standing(lists, outstanding, [1.0, 0.5]) == [2.0, 3.5]


def test_who_has_met_nothing_gets_what_their_country_watches_then_what_everybody_does(spark: SparkSession) -> None:
    seen = [
        # Six people of DE watch film 1, five film 2; four of US film 3, and one of an unknown country film 4.
        *((user, 1, "DE") for user in range(6)),
        *((user, 2, "DE") for user in range(5)),
        *((user, 3, "US") for user in range(10, 14)),
        *((user, 2, "US") for user in range(10, 12)),
        *((20, 4, "Unknown"), (20, 4, "Unknown")),
    ]
    sessions = spark.createDataFrame(seen, "user_key bigint, movie_key bigint, country string")
    rows = popular_in_countries(sessions, 3).collect()
    found: dict[str, list[tuple[int, float]]] = {}
    for row in sorted(rows, key=lambda row: (row.country, row.rank)):
        found.setdefault(row.country, []).append((row.movie_key, round(row.score, 3)))
    assert found == {
        # Everybody: film 2 has seven viewers, 1 six, 3 four.
        "Unknown": [(2, 0.636), (1, 0.545), (3, 0.0)],
        "DE": [(1, 1.0), (2, 0.833), (3, 0.0)],
        # Nothing has five viewers there: the shares are everybody's, and tell of nobody there.
        "US": [(2, 0.636), (1, 0.545), (3, 0.0)],
    }


def test_places_in_an_order_are_counted_over_all_ranges(spark: SparkSession) -> None:
    chance = random.Random(4)
    values = [(chance.randrange(20), film) for film in range(500)]
    frame = spark.createDataFrame(values, "viewers int, film int").repartition(7)
    rows = with_places(frame, [F.desc("viewers"), F.asc("film")], "place").collect()
    in_order = sorted(values, key=lambda one: (-one[0], one[1]))
    assert sorted((row.place, row.film) for row in rows) == [(at, film) for at, (_, film) in enumerate(in_order, 1)]
    assert with_places(frame.limit(0), [F.asc("film")], "place").collect() == []


def test_the_same_preferences_give_the_same_factors_however_they_lie(known: DataFrame, model: ALSModel) -> None:
    again = fit(known.repartition(3, "movie_key"), iterations=2)
    for name in ("userFactors", "itemFactors"):
        once, twice = (getattr(one, name).orderBy("id").collect() for one in (model, again))
        assert once == twice


def test_nobody_is_recommended_a_film_that_they_have_met(
    known: DataFrame, model: ALSModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Small steps, so that users of all of them are here; the largest ask for every film there is.
    monkeypatch.setattr(recommendations, "FIRST_STEP", 24)
    monkeypatch.setattr(recommendations, "STEPS_GROW", 2)
    met = known.select("user_key", "movie_key").where("user_key < 500").cache()
    seen: dict[int, set[int]] = {}
    for row in met.collect():
        seen.setdefault(row.user_key, set()).add(row.movie_key)
    rows = recommend(model, met, 20).collect()
    assert Counter(row.user_key for row in rows) == {user: min(20, 200 - len(films)) for user, films in seen.items()}
    assert not [row for row in rows if row.movie_key in seen[row.user_key]]

    user, items = model.userFactors.orderBy("id").first(), model.itemFactors.collect()
    assert user is not None
    scores = {i.id: sum(a * b for a, b in zip(user.features, i.features, strict=True)) for i in items}
    best = sorted((-score, film) for film, score in scores.items() if film not in seen[user.id])[:20]
    own = sorted((row.rank, row.movie_key) for row in rows if row.user_key == user.id)
    assert own == [(rank, film) for rank, (_, film) in enumerate(best, 1)]


def test_popularity_lists_the_most_viewed_films_that_a_user_has_not_met(spark: SparkSession) -> None:
    met = [(1, 10), (1, 30), (2, 10), (2, 20), (3, 10), (3, 20), (3, 40), (4, 50)]
    everybodys = spark.createDataFrame(met, "user_key int, movie_key int")
    rows = popular(everybodys, everybodys, 2).collect()
    # Viewers: film 10 has 3, 20 has 2, 30, 40 and 50 have one each.
    assert sorted((r.user_key, r.rank, r.movie_key) for r in rows) == [
        *[(1, 1, 20), (1, 2, 40), (2, 1, 30), (2, 2, 40)],
        *[(3, 1, 30), (3, 2, 50), (4, 1, 10), (4, 2, 20)],
    ]


def test_similar_titles_are_those_whose_factors_point_the_same_way(known: DataFrame, model: ALSModel) -> None:
    rows = similar_titles(model, known.select("user_key", "movie_key"), 20).collect()
    viewers = Counter(row.movie_key for row in known.collect())
    factors = {row.id: row.features for row in model.itemFactors.collect() if viewers[row.id] >= 5}
    assert {(row.movie_key, row.rank) for row in rows} == {(film, rank) for film in factors for rank in range(1, 21)}
    film = min(factors)
    cosines = {other: _cosine(factors[film], factors[other]) for other in factors if other != film}
    own = sorted((row for row in rows if row.movie_key == film), key=lambda row: row.rank)
    assert [row.other_key for row in own] == sorted(cosines, key=lambda other: -cosines[other])[:20]
    assert [row.similarity for row in own] == pytest.approx([cosines[row.other_key] for row in own], abs=1e-5)


def _cosine(one: list[float], other: list[float]) -> float:
    dot = sum(a * b for a, b in zip(one, other, strict=True))
    return float(dot / (sum(a * a for a in one) * sum(b * b for b in other)) ** 0.5)


def test_a_model_that_is_no_better_than_popularity_is_refused_with_all_its_figures() -> None:
    ours = Scores(100, 300, precision=0.08, recall=0.3, ndcg=0.2)
    with pytest.raises(Refused) as refused:
        refuse_unless_better(ours, Scores(100, 300, precision=0.07, recall=0.31, ndcg=0.2))
    assert str(refused.value) == (
        "The recommendations are not better than popularity on these data: ndcg@10 0.2000 against 0.2000,"
        " precision@10 0.0800 against 0.0700, recall@10 0.3000 against 0.3100. Nothing was written."
    )


def test_too_few_films_a_user_are_refused_and_nothing_is_written(spark: SparkSession, tmp_path: Path) -> None:
    source = write_demo(tmp_path / "in", users=40, sessions=60, ratings=0)
    with pytest.raises(Refused, match=r"users met new films in the newest fifth .* and it takes 30"):
        job._run(spark, Namespace(source=str(source), out=str(tmp_path / "out")), Progress("recommendations"))
    assert not (tmp_path / "out").exists()


def test_the_job_writes_what_the_warehouse_loads(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "fit", lambda known: fit(known, iterations=1))
    monkeypatch.setattr(job, "refuse_unless_better", lambda *_: None)
    source = write_demo(tmp_path / "in", users=150, sessions=2000, ratings=100, movies=60)
    job._run(spark, Namespace(source=str(source), out=str(tmp_path / "out")), Progress("recommendations"))
    names = ("user_recommendations", "popular_movies", "similar_movies", "recommendation_report")
    columns = {name: pq.read_table(tmp_path / "out" / name).schema for name in names}
    assert {name: [(field.name, str(field.type)) for field in schema] for name, schema in columns.items()} == {
        "user_recommendations": [("user_key", "int32"), ("rank", "int32"), ("movie_key", "int32"), ("score", "double")],
        "popular_movies": [("country", "string"), ("rank", "int32"), ("movie_key", "int32"), ("score", "double")],
        "similar_movies": [("movie_key", "int32"), ("rank", "int32"), ("other_key", "int32"), ("similarity", "double")],
        "recommendation_report": [("metric", "string"), ("model", "double"), ("baseline", "double"), ("rows", "int64")],
    }
