CREATE TABLE IF NOT EXISTS spark_results ON CLUSTER films (
    job LowCardinality(String),
    part String,
    state LowCardinality(String),
    fingerprint String,
    rows UInt64,
    updated_at DateTime64(6, 'UTC')
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}', updated_at)
ORDER BY (job, part) SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
