CREATE TABLE IF NOT EXISTS loads ON CLUSTER films (
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}', updated_at)
ORDER BY load_id SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
CREATE TABLE IF NOT EXISTS rejected_rows ON CLUSTER films (
    load_id UInt32,
    table LowCardinality(String),
    row UInt64,
    reason LowCardinality(String),
    original String CODEC(ZSTD(3)),
    at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}')
ORDER BY (load_id, row) SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
CREATE TABLE IF NOT EXISTS pipeline_runs ON CLUSTER films (
    run_id UUID,
    job LowCardinality(String),
    state LowCardinality(String),
    detail String,
    started_at DateTime64(3, 'UTC'),
    updated_at DateTime64(6, 'UTC')
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}', updated_at)
ORDER BY run_id SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
CREATE TABLE IF NOT EXISTS audit_log ON CLUSTER films (
    at DateTime64(3, 'UTC'),
    subject String,
    role LowCardinality(String),
    operation String,
    outcome LowCardinality(String),
    duration_ms Float64,
    address String
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}')
PARTITION BY toYYYYMM(at)
ORDER BY at SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
