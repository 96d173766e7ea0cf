"""Recommendations beat popularity on MovieLens and the demo data, leave out what was met, come out the same twice."""

from argparse import Namespace
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from pyspark.ml.recommendation import ALSModel
from pyspark.sql import DataFrame, SparkSession

from spark import recommendations
from spark.jobs import recommendations as job
from spark.jobs.recommendations import RATINGS, SESSIONS, measure, refuse_unless_better
from spark.parquet import Refused, read
from spark.preferences import contacts_of, preferences
from spark.progress import Progress
from spark.ranking_metrics import Scores
from spark.recommendations import fit, popular, recommend, similar_titles
from tests.integration.spark.snapshots import write_demo, write_movielens


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


def test_recommendations_beat_popularity_on_movielens(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Fewer iterations than the job's own, which gain a little more: these are enough to win.
    monkeypatch.setattr(job, "fit", lambda known: fit(known, iterations=4))
    ours, popularity = measure(contacts_in(spark, write_movielens(tmp_path / "in", by_month=False)))
    assert (ours.users, ours.held_out) == (671, 19_753)
    assert (popularity.precision, popularity.recall, popularity.ndcg) == (0.0713859911, 0.0394003546, 0.0805219683)
    assert ours.ndcg > 1.2 * popularity.ndcg
    assert ours.precision > popularity.precision
    assert ours.recall > popularity.recall
    assert ours.films > popularity.films


def test_recommendations_beat_popularity_on_the_demo_data(demo: DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "fit", lambda known: fit(known, iterations=4))
    ours, popularity = measure(demo)
    assert (ours.users, ours.held_out) == (3260, 7284)
    assert ours.ndcg > 1.08 * popularity.ndcg
    assert ours.precision > popularity.precision
    assert ours.recall > popularity.recall


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
    met = known.select("user_key", "movie_key")
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
    ours = Scores(100, 300, 40, precision=0.08, recall=0.3, ndcg=0.2)
    with pytest.raises(Refused) as refused:
        refuse_unless_better(ours, Scores(100, 300, 20, precision=0.07, recall=0.31, ndcg=0.2))
    assert str(refused.value) == (
        "The recommendations are not better than popularity on these data: ndcg@10 0.2000 against 0.2000,"
        " precision@10 0.0800 against 0.0700, recall@10 0.3000 against 0.3100. Nothing was written."
    )


def test_too_few_films_a_user_are_refused_and_nothing_is_written(spark: SparkSession, tmp_path: Path) -> None:
    source = write_demo(tmp_path / "in", users=40, sessions=60, ratings=0)
    with pytest.raises(Refused, match="users have watched or rated 5 films or more, and it takes 30"):
        job._run(spark, Namespace(source=str(source), out=str(tmp_path / "out")), Progress("recommendations"))
    assert not (tmp_path / "out").exists()


def test_the_job_writes_what_the_warehouse_loads(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "fit", lambda known: fit(known, iterations=1))
    monkeypatch.setattr(job, "refuse_unless_better", lambda *_: None)
    source = write_demo(tmp_path / "in", users=150, sessions=2000, ratings=100, movies=60)
    job._run(spark, Namespace(source=str(source), out=str(tmp_path / "out")), Progress("recommendations"))
    names = ("user_recommendations", "similar_movies", "recommendation_report")
    columns = {name: pq.read_table(tmp_path / "out" / name).schema for name in names}
    assert {name: [(field.name, str(field.type)) for field in schema] for name, schema in columns.items()} == {
        "user_recommendations": [("user_key", "int32"), ("rank", "int32"), ("movie_key", "int32"), ("score", "double")],
        "similar_movies": [("movie_key", "int32"), ("rank", "int32"), ("other_key", "int32"), ("similarity", "double")],
        "recommendation_report": [("metric", "string"), ("model", "double"), ("baseline", "double"), ("rows", "int64")],
    }
