-- The operations tables: the ledger of loads, what was refused from them, pipeline runs, and who asked what.
-- A row of `loads` or `pipeline_runs` is replaced by a newer row of the same id. Rewrites nothing.
-- Undo: DROP TABLE loads, rejected_rows, pipeline_runs, audit_log.
CREATE TABLE loads
(
    load_id UInt32,
    table LowCardinality(String),
    files Array(String),
    state LowCardinality(String),
    partitions Array(String),
    rows UInt64,
    accepted UInt64,
    duplicates UInt64,
    quarantined UInt64,
    started_at DateTime64(3, 'UTC'),
    updated_at DateTime64(6, 'UTC')
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY load_id;

CREATE TABLE rejected_rows
(
    load_id UInt32,
    table LowCardinality(String),
    row UInt64,
    reason LowCardinality(String),
    original String CODEC(ZSTD(3)),
    at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = MergeTree
ORDER BY (load_id, row);

CREATE TABLE pipeline_runs
(
    run_id UUID,
    job LowCardinality(String),
    state LowCardinality(String),
    detail String,
    started_at DateTime64(3, 'UTC'),
    updated_at DateTime64(6, 'UTC')
)
ENGINE = ReplacingMergeTree(updated_at)
ORDER BY run_id;

CREATE TABLE audit_log
(
    at DateTime64(3, 'UTC'),
    subject String,
    role LowCardinality(String),
    operation String,
    outcome LowCardinality(String),
    duration_ms Float64,
    address String
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(at)
ORDER BY at;
