-- Film charts, computed by Spark and swapped in whole. `value` is '' for the chart over all.
-- Rewrites nothing. Undo: DROP TABLE movie_rankings.
CREATE TABLE movie_rankings
(
    period LowCardinality(String),
    period_start Date,
    by LowCardinality(String),
    value LowCardinality(String),
    movie_key UInt32,
    views UInt64,
    rank UInt32,
    row_number UInt32,
    previous_rank Nullable(UInt32),
    complete Bool
)
ENGINE = MergeTree
ORDER BY (period, by, value, period_start, row_number);
