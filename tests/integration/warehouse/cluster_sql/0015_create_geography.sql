CREATE TABLE IF NOT EXISTS country_reach ON CLUSTER films (
    country LowCardinality(String),
    movie_key UInt32,
    views UInt64,
    viewers UInt32,
    active_viewers UInt32,
    rank UInt32
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}')
ORDER BY (country, rank) SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
CREATE TABLE IF NOT EXISTS country_distances ON CLUSTER films (
    country LowCardinality(String),
    other LowCardinality(String),
    distance Float64
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}')
ORDER BY (country, other) SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
CREATE TABLE IF NOT EXISTS travelling_movies ON CLUSTER films (
    movie_key UInt32,
    home LowCardinality(String),
    countries UInt16,
    views UInt64,
    abroad_share Float64,
    evenness Float64,
    rank UInt32
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}')
ORDER BY rank SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
