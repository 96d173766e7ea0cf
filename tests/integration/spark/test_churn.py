"""Churn: features end where labels begin, training labels end where the test's begin, and the figures are recounts."""

import random
from argparse import Namespace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql import functions as F

from spark.calibration import LEVELS, Counted, calibrate, learn
from spark.churn import FEATURES, HORIZON, cutoffs_of, users_at
from spark.churn_model import calibration, calibration_error, fit, importances, measure, predict
from spark.jobs import churn as job
from spark.parquet import Refused
from spark.progress import Progress
from tests.integration.spark.snapshots import INSTANT, write_demo

pytestmark = pytest.mark.slow

START = datetime(2026, 1, 1, tzinfo=UTC)
CUTOFF = START + timedelta(days=60)
COLUMNS = (
    "user_key bigint, movie_key bigint, start_time timestamp, device string, watch_minutes_e4 bigint,"
    " completion_e6 bigint, buffering_count bigint"
)
Session = tuple[int, int, datetime, str, int, int | None, int | None]


def session(user: int, days_before: float, movie: int = 1, device: str = "TV", **told: int | None) -> Session:
    start = CUTOFF - timedelta(days=days_before)
    minutes = told.get("minutes", 60) or 0
    return (user, movie, start, device, minutes * 10_000, told.get("completion"), told.get("buffering"))


def at_cutoff(spark: SparkSession, *sessions: Session, lookback_days: int = 60) -> dict[int, Row]:
    rows = users_at(spark.createDataFrame(list(sessions), COLUMNS), [CUTOFF], lookback_days).collect()
    return {row.user_key: row for row in rows}


def test_features_are_told_from_before_the_cutoff_and_the_label_from_after_it(spark: SparkSession) -> None:
    found = at_cutoff(
        spark,
        session(1, 2.5, minutes=90, completion=500_000, buffering=3),
        session(1, 2.25, movie=2, device="Phone", minutes=30, completion=1_000_000),
        session(1, 20, minutes=60, buffering=0),
        session(1, 45.5),
        session(1, 0, movie=7, device="Tablet", minutes=600, completion=0, buffering=50),
        session(2, 30),
        session(2, -30),
        session(3, 30.001),
        session(4, 1),
        session(4, -29.99),
        session(5, -1),
    )
    assert {name: found[1][name] for name in FEATURES} == {
        "days_since_last": 2.25,
        "sessions_7d": 2,
        "sessions_30d": 3,
        "active_days_30d": 2,
        "films_30d": 2,
        "watch_hours_30d": 3,
        "completion_30d": 0.75,
        "buffering_per_view_30d": 1.5,
        "devices_30d": 2,
        "sessions_before_30d": 1,
        "tenure_days": 45.5,
    }
    # 3 was not active, 5 is new. A session at the cutoff is a return, one 30 days later is none.
    assert {user: row.churned for user, row in found.items()} == {1: 0.0, 2: 1.0, 4: 0.0}
    assert (found[2].completion_30d, found[2].buffering_per_view_30d) == (0.5, 0.0)


def test_what_lies_before_the_lookback_is_not_seen(spark: SparkSession) -> None:
    row = at_cutoff(spark, session(1, 3), session(1, 29), session(1, 31), lookback_days=30)[1]
    assert (row.sessions_before_30d, row.tenure_days) == (0, 29)


@pytest.mark.parametrize("days", [90, 119, 120, 150, 400])
def test_training_labels_end_before_the_test_begins_and_every_lookback_is_inside_the_data(days: int) -> None:
    newest = START + timedelta(days=days, minutes=-7)
    found = cutoffs_of(START + timedelta(minutes=5), newest)
    assert found is not None
    assert found.scoring - timedelta(microseconds=1) == newest
    assert found.test + HORIZON == found.scoring
    assert found.training[0] + HORIZON == found.test
    assert list(found.training) == sorted(found.training, reverse=True)
    assert found.training[-1] - timedelta(days=found.lookback_days) > START - timedelta(days=1)
    expected = {90: (30, 1), 119: (30, 5), 120: (60, 1), 150: (60, 5), 400: (60, 8)}
    assert (found.lookback_days, len(found.training)) == expected[days]


def test_fewer_than_90_days_have_no_cutoffs() -> None:
    assert cutoffs_of(START, START + timedelta(days=88, hours=23)) is None


def test_auc_and_brier_equal_a_plain_recount(spark: SparkSession) -> None:
    chance = random.Random(11)
    rows = [(float(chance.randrange(2)), chance.randrange(8) / 8) for _ in range(200)]
    found = measure(spark.createDataFrame(rows, "churned double, probability double"), "probability", "probability")
    left, stayed = ([p for churned, p in rows if churned == label] for label in (1, 0))
    won = sum((one > other) + (one == other) / 2 for one, other in product(left, stayed))
    assert found.users == 200
    assert found.auc == pytest.approx(won / (len(left) * len(stayed)))
    assert found.brier == pytest.approx(sum((p - churned) ** 2 for churned, p in rows) / 200)


def test_one_label_alone_has_no_auc(spark: SparkSession) -> None:
    found = measure(
        spark.createDataFrame([(1.0, 0.5)], "churned double, probability double"), "probability", "probability"
    )
    assert (found.auc, found.brier) == (None, 0.25)


def test_calibration_is_by_tenths_and_certainty_is_in_the_last(spark: SparkSession) -> None:
    rows = [(1.0, 0.05), (0.0, 0.07), (0.0, 0.3), (1.0, 0.95), (1.0, 1.0)]
    told = spark.createDataFrame(rows, "churned double, probability double").withColumn(
        "published", F.col("probability")
    )
    found = calibration(told).collect()
    assert sorted(map(tuple, found)) == [(0, 0.06, 0.5, 2), (3, 0.3, 0.0, 1), (9, 0.975, 1.0, 2)]


def test_a_calibrated_probability_is_the_share_of_those_with_scores_like_it() -> None:
    # A hundred each: nobody of level 1000, then a fall, which is pooled, and the few at 9000 go with those before them.
    table = learn([Counted(1000, 100, 0), Counted(3000, 100, 40), Counted(5000, 100, 20), Counted(9000, 10, 10)])
    assert len(table) == LEVELS + 1
    assert set(table[:1001]) == {0.0}
    assert set(table[1001:]) == {round(70 / 210, 9)}


def test_everybody_at_one_score_has_one_probability() -> None:
    assert set(learn([Counted(5000, 3, 1)])) == {0.333333333}


def test_calibrated_probabilities_keep_to_what_happens_on_people_that_nothing_was_learnt_from(
    spark: SparkSession,
) -> None:
    chance = random.Random(5)
    rows = []
    for user in range(20_000):
        score = round(chance.betavariate(1, 3), 6)
        # What happens is by far less than the scores say.
        rows.append((user, score, float(chance.random() < score**2)))
    scored = spark.createDataFrame(rows, "user_key bigint, score double, churned double").cache()
    known, new = scored.where("user_key < 15000"), scored.where("user_key >= 15000")
    learnt = calibrate(known, "score", "churned", "user_key")
    tested = learnt.apply(learnt.apply_in_turn(known, "score", "user_key", "probability"), "score", "published").cache()
    assert tested.count() == 15_000
    worst = calibration_error(calibration(tested))
    raw = calibration_error(calibration(known.selectExpr("score AS published", "score AS probability", "churned")))
    assert worst is not None
    assert worst <= 0.02
    assert raw is not None
    assert raw > 0.15
    # The truth is known here: the probability of those of whom nothing was learnt is near it.
    off = [abs(row.probability - row.score**2) for row in learnt.apply(new, "score", "probability").collect()]
    assert len(off) == 5_000
    assert sum(off) / len(off) < 0.015
    assert calibration_error(calibration(tested.limit(100))) is None


def test_a_fold_is_told_nothing_of_its_own_people(spark: SparkSession) -> None:
    rows = [(user, 0.5, float(user % 2)) for user in range(300)]
    scored = spark.createDataFrame(rows, "user_key bigint, score double, churned double")
    told = calibrate(scored, "score", "churned", "user_key").apply_in_turn(scored, "score", "user_key", "probability")
    found = [(row.user_key, row.churned, row.probability) for row in told.collect()]
    by_fold: dict[float, list[float]] = {}
    for _, churned, probability in found:
        by_fold.setdefault(probability, []).append(churned)
    assert len(by_fold) > 3
    for probability, own in by_fold.items():
        # Folds of one size and share may have one probability: together they are what their people's others are.
        others = (150 - sum(own)) / (300 - len(own))
        assert probability == pytest.approx(others, abs=0.02)
        assert (probability - 0.5) * (sum(own) / len(own) - 0.5) <= 0


def users_of(spark: SparkSession) -> DataFrame:
    """Those who were not seen for a while mostly left; the other features say nothing."""
    chance = random.Random(2)
    rows = []
    for user in range(400):
        features = [chance.random() * 30 for _ in FEATURES]
        rows.append((user, *features, float(chance.random() < features[0] / 30), CUTOFF))
    columns = ", ".join(f"{name} double" for name in FEATURES)
    return spark.createDataFrame(rows, f"user_key bigint, {columns}, churned double, cutoff timestamp")


def test_the_trees_find_what_matters_and_come_out_the_same_twice(
    spark: SparkSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spark.churn_model.TREES", 3)
    users = users_of(spark).cache()
    once, twice = fit(users), fit(users.repartition(3))
    assert once.toDebugString.partition("\n")[2] == twice.toDebugString.partition("\n")[2]
    weights = importances(once)
    assert [name for name, _ in weights] == list(FEATURES)
    assert max(weights, key=lambda weight: weight[1])[0] == "days_since_last"
    assert sum(weight for _, weight in weights) == pytest.approx(1)
    scored = predict(once, users)
    found = measure(scored, "score", "score")
    assert found.auc is not None
    assert found.auc > 0.75
    assert found.brier < 0.25


def test_the_job_reports_later_users_and_scores_the_present_ones(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spark.churn_model.TREES", 3)
    source = write_demo(tmp_path / "in", users=800, sessions=8000, ratings=0)
    job._run(spark, Namespace(source=str(source), out=str(tmp_path / "out")), Progress("churn"))
    tables = {
        name: pq.read_table(tmp_path / "out" / name) for name in ("user_churn", "churn_report", "churn_calibration")
    }

    sessions = pq.read_table(source / "viewing_sessions").to_pylist()
    end = max(row["start_time"] for row in sessions) + timedelta(microseconds=1)
    active = {row["user_key"] for row in sessions if row["start_time"] >= end - HORIZON}
    before = {row["user_key"] for row in sessions if end - 2 * HORIZON <= row["start_time"] < end - HORIZON}
    scored = tables["user_churn"].to_pylist()
    assert {row["user_key"] for row in scored} == active
    assert all(
        0 <= row["probability"] <= 1 and {name for name, _ in row["features"]} == set(FEATURES) for row in scored
    )
    report = {row["metric"]: row for row in tables["churn_report"].to_pylist()}
    assert set(report) == {"auc", "brier", "calibration_error"}
    assert report["brier"]["model"] < report["brier"]["baseline"]
    assert report["calibration_error"]["model"] <= 0.02
    for tenth in tables["churn_calibration"].to_pylist():
        assert tenth["users"] < 200 or abs(tenth["predicted"] - tenth["observed"]) <= 0.02
    assert report["auc"]["rows"] == sum(tables["churn_calibration"]["users"].to_pylist()) == len(before)

    past = {row["user_key"] for row in sessions if end - 3 * HORIZON <= row["start_time"] < end - 2 * HORIZON}
    share = len(past - before) / len(past)
    off = [(share - (user not in active)) ** 2 for user in before]
    assert report["brier"]["baseline"] == pytest.approx(sum(off) / len(off))


def test_too_few_days_are_refused_and_nothing_is_written(spark: SparkSession, tmp_path: Path) -> None:
    folder = tmp_path / "in" / "viewing_sessions"
    folder.mkdir(parents=True)
    names = [column.split()[0] for column in COLUMNS.split(", ")]
    kinds = [pa.uint32(), pa.uint32(), INSTANT, pa.string(), pa.uint32(), pa.uint32(), pa.uint16()]
    columns = zip(*(session(1, days) for days in range(50)), strict=True)
    arrays = [pa.array(list(values), kind) for values, kind in zip(columns, kinds, strict=True)]
    pq.write_table(pa.table(dict(zip(names, arrays, strict=True))), folder / "data.parquet")
    with pytest.raises(Refused, match="The sessions span 50 days, and it takes 90"):
        job._run(spark, Namespace(source=str(tmp_path / "in"), out=str(tmp_path / "out")), Progress("churn"))
    assert not (tmp_path / "out").exists()
