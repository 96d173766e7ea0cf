-- Charts are computed and swapped in month by month, so that a long history can be filled step by step. What a film was
-- before (previous and peak rank, periods on the chart) is read from the charts: stored in each row, it would make the
-- correction of an old month write all later ones anew. Drops the charts that were computed, which
-- `marquee spark rankings` computes again. Undo: DROP TABLE movie_rankings, and the statement of 0006.
DROP TABLE movie_rankings;
CREATE TABLE movie_rankings
(
    period LowCardinality(String),
    period_start Date,
    by LowCardinality(String),
    value LowCardinality(String),
    movie_key UInt32,
    views UInt64,
    rank UInt32,
    dense_rank UInt32,
    row_number UInt32,
    complete Bool
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(period_start)
ORDER BY (period, by, value, period_start, row_number);
