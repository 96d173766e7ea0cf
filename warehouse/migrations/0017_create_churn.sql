-- Who may not come back within 30 days, computed by Spark and swapped in whole: for each active user the probability and
-- the features that it was told from, what each feature weighs in the model, and how predicted and observed shares compare
-- by tenths of the probability. `churn_report` says how well, beside a baseline, on `rows` later rows. Rewrites nothing.
-- Undo: DROP TABLE user_churn, churn_features, churn_calibration, churn_report.
CREATE TABLE user_churn
(
    user_key UInt32,
    probability Float64,
    features Map(String, Float64)
)
ENGINE = MergeTree
ORDER BY user_key;

CREATE TABLE churn_features
(
    feature LowCardinality(String),
    importance Float64
)
ENGINE = MergeTree
ORDER BY feature;

CREATE TABLE churn_calibration
(
    bin UInt8,
    predicted Float64,
    observed Float64,
    users UInt64
)
ENGINE = MergeTree
ORDER BY bin;

CREATE TABLE churn_report
(
    metric LowCardinality(String),
    model Nullable(Float64),
    baseline Nullable(Float64),
    rows UInt64
)
ENGINE = MergeTree
ORDER BY metric;
