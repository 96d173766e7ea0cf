CREATE TABLE IF NOT EXISTS ingest_requests ON CLUSTER films (
    id FixedString(32),
    fingerprint FixedString(64),
    load_id UInt32,
    first_row UInt64,
    last_row UInt64,
    subject String,
    issuer String,
    answer String,
    at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}')
ORDER BY id
TTL toDateTime(at) + INTERVAL 30 DAY
SETTINGS index_granularity = 256, old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
