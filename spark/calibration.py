"""Probabilities that say what happens: scores calibrated by isotonic regression on people the model has not seen.

Scores are counted by levels of a ten-thousandth, so that any number of people comes to a small table.
Source: Zadrozny and Elkan, Transforming classifier scores into accurate multiclass probability estimates (2002).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

LEVELS = 10_000
# Each fold's people are told by what was seen of all others.
FOLDS = 10
# A step of so few says what they did, and not what people like them do.
LEAST_IN_STEP = 50


@dataclass(frozen=True)
class Counted:
    """How many people had a score of a level, or of levels up to it, and how many of them the thing happened to."""

    level: int
    people: int
    happened: float

    @property
    def share(self) -> float:
        """Of the people it happened to."""
        return self.happened / self.people

    def __add__(self, other: "Counted") -> "Counted":
        level = max(self.level, other.level)
        return Counted(level, self.people + other.people, self.happened + other.happened)


def learn(counted: Iterable[Counted]) -> list[float]:
    """The probability of each level, 0 to LEVELS, which never falls.

    counted: one of each level that somebody has. Neighbouring levels are one step until it has LEAST_IN_STEP people and
    a higher share than the step before (pooling adjacent violators). A step's probability is its share.
    """
    steps: list[Counted] = []
    for one in sorted(counted, key=lambda one: one.level):
        if steps and steps[-1].people < LEAST_IN_STEP:
            steps[-1] += one
        else:
            steps.append(one)
        # A step that may still grow is not compared yet.
        while len(steps) > 1 and steps[-1].people >= LEAST_IN_STEP and steps[-2].share >= steps[-1].share:
            _join_last(steps)
    while len(steps) > 1 and (steps[-1].people < LEAST_IN_STEP or steps[-2].share >= steps[-1].share):
        _join_last(steps)
    table: list[float] = []
    for step in steps:
        table += [round(step.share, 9)] * (step.level + 1 - len(table))
    return table + table[-1:] * (LEVELS + 1 - len(table))


def _join_last(steps: list[Counted]) -> None:
    last = steps.pop()
    steps[-1] += last


@dataclass(frozen=True)
class Calibration:
    """The probability of each level: for each fold as learnt from the people of all others, and as learnt from all."""

    folds: Mapping[int, list[float]]
    everybody: list[float]

    def apply(self, scored: DataFrame, score: str, name: str) -> DataFrame:
        """The rows with their probability, for people from whom nothing was learnt."""
        rows = list(enumerate(self.everybody))
        table = scored.sparkSession.createDataFrame(rows, f"level int, {name} double")
        return scored.withColumn("level", _level(score)).join(F.broadcast(table), "level").drop("level")

    def apply_in_turn(self, scored: DataFrame, score: str, key: str, name: str) -> DataFrame:
        """The same for the people from whom it was learnt: each gets what was learnt from the others."""
        spark, at = scored.sparkSession, scored.select(_level(score).alias("level")).distinct().collect()
        levels = [row.level for row in at]
        rows = [(fold, level, table[level]) for fold, table in self.folds.items() for level in levels]
        tables = F.broadcast(spark.createDataFrame(rows, f"fold int, level int, {name} double"))
        placed = scored.withColumns({"fold": _fold(key), "level": _level(score)})
        return placed.join(tables, ["fold", "level"]).drop("fold", "level")


def calibrate(scored: DataFrame, score: str, label: str, key: str) -> Calibration:
    """Learn from scores (0 to 1) and labels (0.0 or 1.0) of people, by their key. There is at least one."""
    found = scored.groupBy(_fold(key).alias("fold"), _level(score).alias("level")).agg(
        F.count("*").alias("people"), F.sum(label).alias("happened")
    )
    rows = [(row.fold, Counted(row.level, row.people, row.happened)) for row in found.collect()]
    everybody = learn(_by_level(one for _, one in rows))
    folds = {}
    for fold in range(FOLDS):
        others = [one for at, one in rows if at != fold]
        folds[fold] = learn(_by_level(others)) if others else everybody
    return Calibration(folds, everybody)


def _by_level(counted: Iterable[Counted]) -> list[Counted]:
    levels: dict[int, Counted] = {}
    for one in counted:
        known = levels.get(one.level)
        levels[one.level] = known + one if known else one
    return list(levels.values())


def _level(score: str) -> Column:
    return F.round(F.col(score) * LEVELS).cast("int")


def _fold(key: str) -> Column:
    """The same in every run."""
    return F.pmod(F.xxhash64(key), F.lit(FOLDS)).cast("int")
