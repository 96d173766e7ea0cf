"""Step `route`: questions through the compiler and the router against SQL that is written by hand over the same rollup,
and what compiling alone costs.
"""

import argparse
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.figures import report, timed
from warehouse import Warehouse, open_warehouse
from warehouse.access import SYSTEM
from warehouse.query.answer import ask
from warehouse.query.compiler import compile_question
from warehouse.query.local_time import Grain, Range, pieces
from warehouse.query.question import Condition, Group, OrderByMeasure, Question

DAY_S = 86_400
# Midnight after the newest session that the step `generate` makes.
END = int(datetime(2026, 7, 1, tzinfo=UTC).timestamp())
WARM_UPS, ROUNDS, COMPILES = 5, 41, 401


@dataclass(frozen=True)
class Contest:
    """One question, and what a careful person would write for it; `{start}` and `{end}` are its range."""

    slug: str
    question: Question
    rollup: str
    by_hand: str


def _last(days: int) -> Range:
    return Range(END - days * DAY_S, END)


_IN_RANGE = "bucket >= toDateTime({start}, 'UTC') AND bucket < toDateTime({end}, 'UTC')"
CONTESTS = (
    Contest(
        "days",
        Question((Group("time", Grain.DAY),), ("views", "viewers", "watch_hours", "completion_rate"), _last(30)),
        "daily_analytics",
        "SELECT bucket, sum(views), groupBitmapMerge(viewers), sum(watch_e4) / 600000, "
        "sum(completion_sum_e6) / nullIf(sum(completion_count) * 1000000, 0) "
        f"FROM daily_analytics WHERE {_IN_RANGE} GROUP BY bucket ORDER BY bucket LIMIT 10001",
    ),
    Contest(
        "kolkata",
        Question(
            (Group("hour_of_day"),),
            ("views", "viewers"),
            Range(END - 90 * DAY_S - 19_800, END - 19_800),
            "Asia/Kolkata",
        ),
        "hourly_analytics",
        "SELECT intDiv(toUInt32(bucket) + 19800, 3600) % 24 AS hour, sum(views), groupBitmapMerge(viewers) "
        f"FROM hourly_analytics WHERE {_IN_RANGE} GROUP BY hour ORDER BY hour LIMIT 10001",
    ),
    Contest(
        "genres",
        Question(
            (Group("genre"),),
            ("views", "viewers", "watch_hours"),
            _last(90),
            orders=(OrderByMeasure("watch_hours", True),),
        ),
        "genre_analytics",
        "SELECT genre, sum(views), groupBitmapMerge(viewers), sum(watch_e4) / 600000 AS hours "
        f"FROM genre_analytics WHERE {_IN_RANGE} GROUP BY genre ORDER BY hours DESC, genre LIMIT 10001",
    ),
    Contest(
        "films",
        Question(
            (Group("movie"),),
            ("views", "viewers", "watch_hours"),
            _last(30),
            where=Condition("genre", "eq", "Drama"),
            orders=(OrderByMeasure("views", True),),
            limit=10,
        ),
        "movie_analytics",
        "SELECT movie_key, sum(views) AS n, groupBitmapMerge(viewers), sum(watch_e4) / 600000 "
        f"FROM movie_analytics WHERE {_IN_RANGE} AND dictGet('movies_dictionary', 'genre', movie_key) = 'Drama' "
        "GROUP BY movie_key ORDER BY n DESC, dictGet('movies_dictionary', 'title', movie_key), "
        "dictGet('movies_dictionary', 'id', movie_key) LIMIT 10",
    ),
)


def main() -> None:
    """Ask each in turn, both ways, and report medians."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--warehouse", type=Path, required=True)
    asked = parser.parse_args()
    with open_warehouse(f"chdb://{asked.warehouse}") as warehouse:
        report(**{contest.slug: _contest(warehouse, contest) for contest in CONTESTS})


def _contest(warehouse: Warehouse, contest: Contest) -> dict[str, float]:
    span = contest.question.span
    sql = contest.by_hand.format(start=span.start, end=span.end)
    answer = ask(warehouse.reader, contest.question, SYSTEM)
    by_hand = warehouse.engine.query(sql)
    ours = [tuple(row.now[slug] for slug in contest.question.measures) for row in answer.rows]
    if answer.sources != (contest.rollup,) or not ours or ours != [tuple(row[1:]) for row in by_hand.rows]:
        raise SystemExit(f"{contest.slug}: {answer.sources} and the hand-written SQL differ: no race between the two")
    ours_ms, hand_ms = _medians_ms(
        lambda: ask(warehouse.reader, contest.question, SYSTEM), lambda: warehouse.engine.query(sql), rounds=ROUNDS
    )
    compile_ms = _compile_ms(contest.question)
    return {"ms": ours_ms, "by_hand_ms": hand_ms, "ratio": ours_ms / hand_ms, "compile_ms": compile_ms}


def _compile_ms(question: Question) -> float:
    """Compiling a question whose range nobody has asked for lately: buckets that are remembered would flatter it."""

    def compile_anew() -> None:
        pieces.cache_clear()
        compile_question(question, SYSTEM)

    (median_ms,) = _medians_ms(compile_anew, rounds=COMPILES)
    return median_ms


def _medians_ms(*works: Callable[[], object], rounds: int) -> list[float]:
    """The median of each work; they take turns, so that what disturbs one disturbs all."""
    seconds: list[list[float]] = [[] for _ in works]
    for _ in range(WARM_UPS + rounds):
        for work, taken in zip(works, seconds, strict=True):
            with timed(taken):
                work()
    return [statistics.median(taken[WARM_UPS:]) * 1000 for taken in seconds]


if __name__ == "__main__":
    main()
