-- Which of the results of Spark's jobs are in place, by job and part (a month, or '' for all): from which content they
-- were computed, so that what has not changed is not computed again, and which are being swapped in, so that a process
-- that dies over it leaves nothing half-swapped. A row is replaced by a newer one. Rewrites nothing.
-- Undo: DROP TABLE spark_results.
CREATE TABLE spark_results
(
    job LowCardinality(String),
    part String,
    state LowCardinality(String),
    fingerprint String,
    rows UInt64,
    updated_at DateTime64(6, 'UTC')
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY (job, part);
