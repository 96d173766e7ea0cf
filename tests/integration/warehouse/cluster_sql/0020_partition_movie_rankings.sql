DROP TABLE IF EXISTS movie_rankings ON CLUSTER films SYNC;
CREATE TABLE IF NOT EXISTS movie_rankings ON CLUSTER films (
    period LowCardinality(String),
    period_start Date,
    by LowCardinality(String),
    value LowCardinality(String),
    movie_key UInt32,
    views UInt64,
    rank UInt32,
    dense_rank UInt32,
    row_number UInt32,
    complete Bool
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}')
PARTITION BY toYYYYMM(period_start)
ORDER BY (period, by, value, period_start, row_number) SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
