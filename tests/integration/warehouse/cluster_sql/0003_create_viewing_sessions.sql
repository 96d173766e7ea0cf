CREATE TABLE IF NOT EXISTS viewing_sessions_local ON CLUSTER films (
    id UInt128 CODEC(ZSTD(1)),
    user_key UInt32 CODEC(ZSTD(1)),
    movie_key UInt32 CODEC(ZSTD(1)),
    start_time DateTime('UTC') CODEC(Delta, ZSTD(1)),
    watch_minutes_e4 UInt32 CODEC(ZSTD(1)),
    completion_e6 Nullable(UInt32) CODEC(ZSTD(1)),
    device_type LowCardinality(String),
    quality LowCardinality(String),
    buffering_count Nullable(UInt16) CODEC(ZSTD(1)),
    attributes JSON(max_dynamic_paths = 64),
    load_id UInt32 CODEC(Delta, ZSTD(1)),
    INDEX user_key_bloom user_key TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}')
PARTITION BY toYYYYMM(start_time)
ORDER BY (toStartOfDay(start_time), movie_key) SETTINGS min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
