"""The model of churn, gradient boosted trees, and how good its probabilities are. Pure DataFrame to DataFrame."""

from dataclasses import dataclass

from pyspark.ml.classification import GBTClassificationModel, GBTClassifier
from pyspark.ml.evaluation import BinaryClassificationEvaluator
from pyspark.ml.feature import VectorAssembler
from pyspark.ml.functions import vector_to_array
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from spark.churn import FEATURES
from spark.reports import rounded

TREES, DEPTH, STEP, LEAST_IN_LEAF, SEED = 20, 3, 0.2, 20, 42
BLOCKS = 4
BINS = 10
# A tenth with fewer users says more of chance than of the model.
ENOUGH = 200


@dataclass(frozen=True)
class Fit:
    """How well a score predicts a label: the area under the ROC curve (None where all labels are one) and the mean
    square of how far the probabilities are off.
    """

    users: int
    auc: float | None
    brier: float


def fit(users: DataFrame) -> GBTClassificationModel:
    """Trees that predict `churned` from the features; the same rows give the same trees."""
    trees = GBTClassifier(
        labelCol="churned",
        featuresCol="vector",
        maxIter=TREES,
        maxDepth=DEPTH,
        stepSize=STEP,
        minInstancesPerNode=LEAST_IN_LEAF,
        seed=SEED,
    )
    ordered = users.repartition(BLOCKS, "user_key").sortWithinPartitions("user_key", "cutoff")
    model: GBTClassificationModel = trees.fit(_assembled(ordered))
    return model


def predict(model: GBTClassificationModel, users: DataFrame) -> DataFrame:
    """The users with `score`, by which they rank: 0 to 1, and not yet a probability."""
    scored = model.transform(_assembled(users))
    return scored.select(*users.columns, F.round(vector_to_array(F.col("probability"))[1], 9).alias("score"))


def _assembled(users: DataFrame) -> DataFrame:
    return VectorAssembler(inputCols=list(FEATURES), outputCol="vector").transform(users)


def importances(model: GBTClassificationModel) -> list[tuple[str, float]]:
    """How much each feature weighs in the trees; together 1."""
    weights = model.featureImportances.toArray()
    return [(name, rounded(float(weight))) for name, weight in zip(FEATURES, weights, strict=True)]


def measure(users: DataFrame, ranked_by: str, probability: str) -> Fit:
    """How well `ranked_by` puts those who churned first, and how far `probability` is off. Source: Brier (1950), Mann
    and Whitney (1947): the AUC is the chance that one who churned ranks above one who did not, ties counting half.
    """
    off = F.sum((F.col(probability) - F.col("churned")) ** 2)
    row = users.agg(F.count("*").alias("users"), F.sum("churned").alias("left"), off.alias("off")).first()
    if row is None or not row.users:
        return Fit(0, None, 0.0)
    auc = None if row.left in {0, row.users} else rounded(_auc(users, ranked_by))
    return Fit(row.users, auc, rounded(row.off / row.users))


def _auc(users: DataFrame, ranked_by: str) -> float:
    # No bins: every score is a threshold, as the exact figure takes it.
    exact = BinaryClassificationEvaluator(rawPredictionCol=ranked_by, labelCol="churned", numBins=0)
    return float(exact.evaluate(users))


def calibration(tested: DataFrame) -> DataFrame:
    """Predicted beside observed by tenths of the probability: bin (0-9), predicted, observed, users. Tenths that nobody
    is in have no row.

    tested: probability, churned, and `published`, the probability that decides a user's tenth. Their own probability
    depends on who is left out, so by it users with one score would be in several tenths.
    """
    return tested.groupBy(_tenth("published")).agg(
        F.round(F.avg("probability"), 9).alias("predicted"),
        F.round(F.avg("churned"), 9).alias("observed"),
        F.count("*").alias("users"),
    )


def calibration_error(tenths: DataFrame) -> float | None:
    """How far predicted and observed are apart in the worst tenth that has ENOUGH users; None where none has.

    tenths: as from `calibration`.
    """
    apart = F.max(F.abs(F.col("predicted") - F.col("observed")))
    row = tenths.where(F.col("users") >= ENOUGH).agg(apart.alias("worst")).first()
    return None if row is None or row.worst is None else rounded(row.worst)


def _tenth(probability: str) -> Column:
    return F.least(F.floor(F.col(probability) * BINS), F.lit(BINS - 1)).cast("int").alias("bin")
