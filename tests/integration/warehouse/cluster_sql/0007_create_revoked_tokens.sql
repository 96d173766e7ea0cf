CREATE TABLE IF NOT EXISTS revoked_tokens ON CLUSTER films (
    token_id String,
    until DateTime('UTC'),
    revoked_at DateTime64(3, 'UTC') DEFAULT now64(3),
    revoked_by String
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}')
ORDER BY token_id
TTL until SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
