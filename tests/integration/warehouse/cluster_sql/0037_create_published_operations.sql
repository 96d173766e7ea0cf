CREATE TABLE IF NOT EXISTS published_operations ON CLUSTER films (
    published_operation_id String,
    version UInt32,
    title String,
    owner String,
    issuer String,
    document String CODEC(ZSTD(3)),
    is_deleted Bool,
    saved_at DateTime64(3, 'UTC')
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}')
ORDER BY (published_operation_id, version) SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
