-- Runs of the pipeline: their steps, progress, log and outcome. A row is replaced by a newer row of the same id; the newest
-- `updated_at` is the last sign of life of a run that is at work. `steps` is JSON, a list of objects, for it is only read
-- whole; `log` holds the last 200 lines at most. Rewrites nothing: the table of before was never written.
-- Undo: DROP TABLE pipeline_runs, and make it as in 0005.
DROP TABLE IF EXISTS pipeline_runs;

CREATE TABLE pipeline_runs
(
    id UUID,
    state LowCardinality(String),
    by String,
    steps String CODEC(ZSTD(3)),
    log Array(String) CODEC(ZSTD(3)),
    outcome String,
    started_at DateTime64(6, 'UTC'),
    ended_at Nullable(DateTime64(6, 'UTC')),
    updated_at DateTime64(6, 'UTC')
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY id;
