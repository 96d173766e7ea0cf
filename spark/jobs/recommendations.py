"""The job `recommendations`: viewing_sessions and ratings in, what each user may like and which titles are alike out.

    python -m spark.jobs.recommendations --in DIR --out DIR

writes OUT/user_recommendations, OUT/popular_movies, OUT/similar_movies and OUT/recommendation_report. It first measures
on held-out films whether its model beats popularity; if not, it declines and writes nothing.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from pyspark.errors import AnalysisException
from pyspark.ml.recommendation import ALSModel
from pyspark.sql import DataFrame, SparkSession

from spark.jobs.run_job import run_job, tell_done, write_counted
from spark.parquet import NO_FILES, Declined, Refused, read
from spark.popularity import popular, popular_in_countries
from spark.preferences import contacts_of, hold_out, preferences, split_at
from spark.progress import Progress
from spark.ranking_metrics import Scores, Variety, score, variety
from spark.recommendations import CONFIDENCE, ITERATIONS, RANK, REGULARIZATION, SEED, fit, recommend, similar_titles
from spark.reports import Metric, report
from spark.variety import least_standing, standing_out, trials, vary

SESSIONS = {
    "user_key": "bigint",
    "movie_key": "bigint",
    "start_time": "timestamp",
    "completion_e6": "bigint",
    "country": "string",
}
RATINGS = {"user_key": "bigint", "movie_key": "bigint", "rating_e2": "bigint", "rating_date": "timestamp"}
LISTED = 20
MEASURED = 10
# With fewer users the result is mostly chance.
MIN_USERS = 30
# To how large a share of users variety goes: the largest whose lists lose no more NDCG than this.
SHARES, MOST_LOSS = (1.0, 0.75, 0.5, 0.25), 0.02


@dataclass(frozen=True)
class Measured:
    """What lists are worth: how good they are, and how varied."""

    scores: Scores
    variety: Variety


@dataclass(frozen=True)
class Comparison:
    """The lists as published, as the model alone makes them, and popularity's; `share` of users get variety."""

    varied: Measured
    plain: Measured
    popular: Measured
    share: float


def main(argv: Sequence[str] | None = None) -> int:
    """Run the job; progress and what went wrong are JSON lines on stderr."""
    return run_job("recommendations", argv, _run)


def _run(spark: SparkSession, arguments: argparse.Namespace, progress: Progress) -> None:
    sessions = read(spark, f"{arguments.source}/viewing_sessions", SESSIONS)
    contacts = contacts_of(sessions, _ratings(spark, f"{arguments.source}/ratings")).cache()
    progress.tell("measuring against popularity")
    found = measure(contacts)
    refuse_unless_better(found.varied.scores, found.popular.scores)
    progress.tell("fitting to everything")
    known = preferences(contacts).cache()
    fitted = fit(known)
    met = known.select("user_key", "movie_key")
    progress.tell("recommending")
    lists = varied_lists(fitted, met, found.share)
    write_counted(lists, f"{arguments.out}/user_recommendations", progress)
    write_counted(popular_in_countries(sessions, LISTED), f"{arguments.out}/popular_movies", progress)
    progress.tell("comparing titles")
    write_counted(similar_titles(fitted, met, LISTED), f"{arguments.out}/similar_movies", progress)
    write_counted(report(spark, metrics(found)), f"{arguments.out}/recommendation_report", progress)
    tell_done(
        progress,
        f"ALS on implicit preferences: {RANK} factors, regularization {REGULARIZATION}, confidence {CONFIDENCE:g},"
        f" {ITERATIONS} iterations, seed {SEED}; variety for {found.share:.0%} of users",
    )


def measure(contacts: DataFrame) -> Comparison:
    """The quality of a model that learns from everything before an instant, measured on what was met after it, and that
    of popularity.

    Raises: Declined with too few users to tell.
    """
    split = split_at(contacts)
    learnt, held_out = hold_out(contacts, split) if split else (contacts, contacts.select("user_key", "movie_key"))
    known, held_out = preferences(learnt).cache(), held_out.cache()
    met = known.select("user_key", "movie_key")
    tested = met.join(held_out.select("user_key").distinct(), "user_key", "left_semi").cache()

    def measured(lists: DataFrame) -> Measured:
        return Measured(score(lists, held_out, MEASURED), variety(lists, met, MEASURED))

    baseline = measured(popular(met, tested, MEASURED).cache())
    if baseline.scores.users < MIN_USERS:
        raise Declined(
            f"{baseline.scores.users} users met new films in the newest fifth of what is known and had met others"
            f" before, and it takes {MIN_USERS} to tell whether recommendations are better than popularity. Load more"
            " sessions or ratings; nothing was written."
        )
    model = fit(known)
    plain = recommend(model, tested, LISTED).cache()
    outstanding = standing_out(model, tested, LISTED).cache()
    for trial in trials(plain, outstanding, held_out, SHARES):
        # Each half of the users has to agree, so that it is not chance.
        if trial.kept and min(trial.kept) >= 1 - MOST_LOSS:
            varied = vary(plain, outstanding, trial.least).cache()
            return Comparison(measured(varied), measured(plain), baseline, trial.share)
    found = measured(plain)
    return Comparison(found, found, baseline, 0.0)


def varied_lists(model: ALSModel, met: DataFrame, share: float) -> DataFrame:
    """What each user may like: user_key, rank, movie_key, score; a share of users get variety."""
    plain = recommend(model, met, LISTED)
    if not share:
        return plain
    plain, outstanding = plain.cache(), standing_out(model, met, LISTED).cache()
    (least,) = least_standing(plain, outstanding, [share])
    return vary(plain, outstanding, least)


def refuse_unless_better(model: Scores, baseline: Scores) -> None:
    """Raises: Declined if the model does not beat popularity in NDCG; the message has the other metrics."""
    if model.ndcg > baseline.ndcg:
        return
    stand = ", ".join(
        f"{name} {ours:.4f} against {theirs:.4f}" for name, ours, theirs, _ in _qualities(model, baseline)
    )
    raise Declined(f"The recommendations are not better than popularity on these data: {stand}. Nothing was written.")


def metrics(found: Comparison) -> list[Metric]:
    """All as rows of the report; `by_score` is what the model's lists were without variety, which has no baseline."""
    varied, plain, baseline = found.varied, found.plain, found.popular
    held_out = varied.scores.held_out
    return [
        *_qualities(varied.scores, baseline.scores),
        *(
            (f"{name}@{MEASURED}", float(ours), float(getattr(baseline.variety, name)), held_out)
            for name, ours in asdict(varied.variety).items()
        ),
        (f"ndcg_by_score@{MEASURED}", plain.scores.ndcg, None, held_out),
        (f"titles_by_score@{MEASURED}", float(plain.variety.titles), None, held_out),
        ("share_with_variety", found.share, None, varied.scores.users),
    ]


def _qualities(model: Scores, baseline: Scores) -> list[tuple[str, float, float, int]]:
    return [
        (f"{name}@{MEASURED}", getattr(model, name), getattr(baseline, name), model.held_out)
        for name in ("ndcg", "precision", "recall")
    ]


def _ratings(spark: SparkSession, folder: str) -> DataFrame:
    """The ratings; empty if there are no files. The warehouse writes an empty file, but others may write none."""
    try:
        return read(spark, folder, RATINGS)
    except Refused as refused:
        why = refused.__cause__
        if not (isinstance(why, AnalysisException) and why.getCondition() in NO_FILES):
            raise
        return spark.createDataFrame([], ", ".join(f"{name} {kind}" for name, kind in RATINGS.items()))


if __name__ == "__main__":
    sys.exit(main())
