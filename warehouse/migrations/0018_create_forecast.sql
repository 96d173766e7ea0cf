-- Daily views per genre to come, computed by Spark and swapped in whole: `low` to `high` holds 80 % of what may be.
-- `forecast_report` says how well, beside a baseline, on `rows` days that were held back. Rewrites nothing.
-- Undo: DROP TABLE view_forecast, forecast_report.
CREATE TABLE view_forecast
(
    genre LowCardinality(String),
    day Date,
    views Float64,
    low Float64,
    high Float64
)
ENGINE = MergeTree
ORDER BY (genre, day);

CREATE TABLE forecast_report
(
    metric LowCardinality(String),
    model Nullable(Float64),
    baseline Nullable(Float64),
    rows UInt64
)
ENGINE = MergeTree
ORDER BY metric;
