"""The model of churn, gradient boosted trees, and how good its probabilities are. Pure DataFrame to DataFrame."""

from dataclasses import dataclass

from pyspark.ml.classification import GBTClassificationModel, GBTClassifier
from pyspark.ml.feature import VectorAssembler
from pyspark.ml.functions import vector_to_array
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from spark.churn import FEATURES
from spark.reports import rounded

TREES, DEPTH, STEP, LEAST_IN_LEAF, SEED = 20, 3, 0.2, 20, 42
BLOCKS = 4
BINS = 10


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
    """The users with `probability`, of not coming back."""
    scored = model.transform(_assembled(users))
    probability = F.round(vector_to_array(F.col("probability"))[1], 9).alias("probability")
    return scored.select(*users.columns, probability)


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
    stays, leaves = F.count_if(F.col("churned") == 0), F.count_if(F.col("churned") == 1)
    off = F.sum((F.col(probability) - F.col("churned")) ** 2)
    ties = users.groupBy(F.col(ranked_by).alias("at")).agg(
        stays.alias("stays"), leaves.alias("leaves"), off.alias("off")
    )
    below = Window.orderBy("at").rowsBetween(Window.unboundedPreceding, -1)
    beaten = F.coalesce(F.sum("stays").over(below), F.lit(0)) + F.col("stays") / 2
    row = (
        ties.withColumn("won", F.col("leaves") * beaten)
        .agg(F.sum("stays").alias("stays"), F.sum("leaves").alias("leaves"), F.sum("won").alias("won"), F.sum("off"))
        .first()
    )
    if row is None or row.stays is None:
        return Fit(0, None, 0.0)
    users_seen, pairs = row.stays + row.leaves, row.stays * row.leaves
    return Fit(users_seen, rounded(row.won / pairs) if pairs else None, rounded(row["sum(off)"] / users_seen))


def calibration(scored: DataFrame) -> DataFrame:
    """Predicted beside observed by tenths of the probability: bin (0-9), predicted, observed, users. Tenths that nobody
    is in have no row.
    """
    tenth = F.least(F.floor(F.col("probability") * BINS), F.lit(BINS - 1)).cast("int").alias("bin")
    return scored.groupBy(tenth).agg(
        F.round(F.avg("probability"), 9).alias("predicted"),
        F.round(F.avg("churned"), 9).alias("observed"),
        F.count("*").alias("users"),
    )
