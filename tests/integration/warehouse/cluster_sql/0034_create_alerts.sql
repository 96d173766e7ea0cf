CREATE TABLE IF NOT EXISTS alerts ON CLUSTER films (
    alert_id String,
    version UInt32,
    title String,
    owner String,
    issuer String,
    role LowCardinality(String),
    scope String,
    rule String CODEC(ZSTD(3)),
    is_deleted Bool,
    saved_at DateTime64(3, 'UTC')
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}')
ORDER BY (alert_id, version) SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
CREATE TABLE IF NOT EXISTS alert_events ON CLUSTER films (
    alert_id String,
    number UInt32,
    kind LowCardinality(String),
    at DateTime64(3, 'UTC'),
    made_by String,
    found String CODEC(ZSTD(3))
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}')
ORDER BY (alert_id, at) SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
CREATE TABLE IF NOT EXISTS alert_deliveries ON CLUSTER films (
    alert_id String,
    number UInt32,
    target String,
    outcome LowCardinality(String),
    detail String,
    at DateTime64(3, 'UTC')
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}')
ORDER BY (alert_id, number, at) SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
