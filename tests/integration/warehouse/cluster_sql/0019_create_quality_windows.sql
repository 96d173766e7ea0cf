CREATE TABLE IF NOT EXISTS quality_windows ON CLUSTER films (
    window_start DateTime('UTC'),
    window_end DateTime('UTC'),
    device LowCardinality(String),
    country LowCardinality(String),
    sessions UInt64,
    buffered_sessions UInt64,
    buffering_events UInt64,
    buffering_per_view Float64,
    usual Float64,
    alert Bool
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}')
PARTITION BY toYYYYMM(window_start)
ORDER BY (window_start, device, country) SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
