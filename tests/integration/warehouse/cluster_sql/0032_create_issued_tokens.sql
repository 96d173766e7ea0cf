CREATE TABLE IF NOT EXISTS issued_tokens ON CLUSTER films (
    token_id String,
    kind LowCardinality(String),
    subject String,
    role LowCardinality(String),
    scope String,
    operations Array(String),
    issued_by String,
    issued_at DateTime64(3, 'UTC'),
    expires_at DateTime('UTC')
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}')
ORDER BY token_id
TTL expires_at SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
