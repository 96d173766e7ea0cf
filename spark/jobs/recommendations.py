"""The job `recommendations`: viewing_sessions and ratings in, what each user may like and which titles are alike out.

    python -m spark.jobs.recommendations --in DIR --out DIR

writes OUT/user_recommendations, OUT/similar_movies and OUT/recommendation_report. It first measures on held-out films
whether its model beats popularity; if not, it declines and writes nothing.
"""

import argparse
import sys
from collections.abc import Sequence

from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession

from spark.jobs.frame import run_job, tell_done, write_counted
from spark.parquet import NO_FILES, Declined, Refused, read
from spark.preferences import HELD_OUT_EVERY, contacts_of, hold_out, preferences
from spark.progress import Progress
from spark.ranking_metrics import Scores, score
from spark.recommendations import fit, popular, recommend, similar_titles
from spark.reports import Metric, report

SESSIONS = {"user_key": "bigint", "movie_key": "bigint", "start_time": "timestamp", "completion_e6": "bigint"}
RATINGS = {"user_key": "bigint", "movie_key": "bigint", "rating_e2": "bigint", "rating_date": "timestamp"}
LISTED = 20
MEASURED = 10
# With fewer users the result is mostly chance.
MIN_USERS = 30


def main(argv: Sequence[str] | None = None) -> int:
    """Run the job; progress and what went wrong are JSON lines on stderr."""
    return run_job("recommendations", argv, _run)


def _run(spark: SparkSession, arguments: argparse.Namespace, progress: Progress) -> None:
    sessions = read(spark, f"{arguments.source}/viewing_sessions", SESSIONS)
    contacts = contacts_of(sessions, _ratings(spark, f"{arguments.source}/ratings")).cache()
    progress.tell("measuring against popularity")
    model, baseline = measure(contacts)
    refuse_unless_better(model, baseline)
    progress.tell("fitting to everything")
    known = preferences(contacts).cache()
    fitted = fit(known)
    met = known.select("user_key", "movie_key")
    progress.tell("recommending")
    write_counted(recommend(fitted, met, LISTED), f"{arguments.out}/user_recommendations", progress)
    progress.tell("comparing titles")
    write_counted(similar_titles(fitted, met, LISTED), f"{arguments.out}/similar_movies", progress)
    write_counted(report(spark, metrics(model, baseline)), f"{arguments.out}/recommendation_report", progress)
    tell_done(progress)


def measure(contacts: DataFrame) -> tuple[Scores, Scores]:
    """The quality of a model trained on each user's older films, measured on the newer ones, and that of popularity."""
    learnt, held_out = hold_out(contacts)
    known, held_out = preferences(learnt).cache(), held_out.cache()
    met = known.select("user_key", "movie_key")
    tested = met.join(held_out.select("user_key").distinct(), "user_key", "left_semi").cache()
    baseline = score(popular(met, tested, MEASURED), held_out, MEASURED)
    if baseline.users < MIN_USERS:
        raise Declined(
            f"{baseline.users} users have watched or rated {HELD_OUT_EVERY} films or more, and it takes {MIN_USERS} to"
            " tell whether recommendations are better than popularity. Load more sessions or ratings; nothing was"
            " written."
        )
    return score(recommend(fit(known), tested, MEASURED), held_out, MEASURED), baseline


def refuse_unless_better(model: Scores, baseline: Scores) -> None:
    """Raises: Declined if the model does not beat popularity in NDCG; the message has the other metrics."""
    if model.ndcg > baseline.ndcg:
        return
    stand = ", ".join(
        f"{name} {ours:.4f} against {theirs:.4f}" for name, ours, theirs, _ in metrics(model, baseline)[:3]
    )
    raise Declined(f"The recommendations are not better than popularity on these data: {stand}. Nothing was written.")


def metrics(model: Scores, baseline: Scores) -> list[Metric]:
    """Both as rows of the report; `titles` is the number of different titles in all users' lists."""
    held_out = model.held_out
    return [
        (f"ndcg@{MEASURED}", model.ndcg, baseline.ndcg, held_out),
        (f"precision@{MEASURED}", model.precision, baseline.precision, held_out),
        (f"recall@{MEASURED}", model.recall, baseline.recall, held_out),
        (f"titles@{MEASURED}", float(model.films), float(baseline.films), held_out),
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
