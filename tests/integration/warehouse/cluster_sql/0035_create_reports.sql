CREATE TABLE IF NOT EXISTS reports ON CLUSTER films (
    report_id String,
    version UInt32,
    title String,
    owner String,
    issuer String,
    role LowCardinality(String),
    scope String,
    plan String CODEC(ZSTD(3)),
    is_deleted Bool,
    saved_at DateTime64(3, 'UTC')
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}')
ORDER BY (report_id, version) SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
CREATE TABLE IF NOT EXISTS report_deliveries ON CLUSTER films (
    report_id String,
    number UInt32,
    target String,
    outcome LowCardinality(String),
    detail String,
    at DateTime64(3, 'UTC')
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}')
ORDER BY (report_id, number, at) SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
