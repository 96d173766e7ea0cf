DROP TABLE IF EXISTS pipeline_runs ON CLUSTER films SYNC;
CREATE TABLE IF NOT EXISTS pipeline_runs ON CLUSTER films (
    id UUID,
    state LowCardinality(String),
    by String,
    steps String CODEC(ZSTD(3)),
    log Array(String) CODEC(ZSTD(3)),
    outcome String,
    started_at DateTime64(6, 'UTC'),
    ended_at Nullable(DateTime64(6, 'UTC')),
    updated_at DateTime64(6, 'UTC')
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}', updated_at)
ORDER BY id SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
