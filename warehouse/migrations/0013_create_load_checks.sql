-- What the checks of data quality found after a load: one row a load, check and column. Small loads are checked together:
-- a row speaks for the loads of its table from `first_load_id` to `load_id`. A round that is written again replaces itself.
-- Loads that were done before this migration have no checks. Rewrites nothing. Undo: DROP TABLE load_checks.
CREATE TABLE load_checks
(
    load_id UInt32,
    first_load_id UInt32,
    table LowCardinality(String),
    position UInt16,
    check LowCardinality(String),
    subject LowCardinality(String),
    status LowCardinality(String),
    value Nullable(Float64),
    expected Nullable(Float64),
    threshold Nullable(Float64),
    sentence String,
    checked_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(checked_at)
ORDER BY (load_id, position);
