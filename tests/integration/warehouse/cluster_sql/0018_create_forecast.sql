CREATE TABLE IF NOT EXISTS view_forecast ON CLUSTER films (
    genre LowCardinality(String),
    day Date,
    views Float64,
    low Float64,
    high Float64
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}')
ORDER BY (genre, day) SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
CREATE TABLE IF NOT EXISTS forecast_report ON CLUSTER films (
    metric LowCardinality(String),
    model Nullable(Float64),
    baseline Nullable(Float64),
    rows UInt64
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}')
ORDER BY metric SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
