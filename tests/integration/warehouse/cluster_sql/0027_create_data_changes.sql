CREATE TABLE IF NOT EXISTS data_changes ON CLUSTER films (
    kind LowCardinality(String),
    partitions Array(String),
    is_under_way Bool,
    version UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}', version)
ORDER BY kind SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
