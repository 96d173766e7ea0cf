CREATE TABLE IF NOT EXISTS popular_movies ON CLUSTER films (
    country LowCardinality(String),
    rank UInt8,
    movie_key UInt32,
    score Float64
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}')
ORDER BY (country, rank) SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
