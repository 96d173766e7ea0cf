CREATE TABLE IF NOT EXISTS movies ON CLUSTER films (
    movie_key UInt32,
    id UInt128,
    title String,
    genres Array(LowCardinality(String)),
    genre LowCardinality(String),
    duration_minutes Nullable(UInt16),
    release_date Nullable(Date32),
    director String,
    load_id UInt32
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}')
ORDER BY movie_key SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
CREATE TABLE IF NOT EXISTS movies_versions ON CLUSTER films AS movies
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}')
ORDER BY (movie_key, load_id) SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
