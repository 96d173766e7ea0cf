CREATE TABLE IF NOT EXISTS load_checks ON CLUSTER films (
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
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}', checked_at)
ORDER BY (load_id, position) SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
