CREATE TABLE IF NOT EXISTS users ON CLUSTER films (
    user_key UInt32,
    id UInt128,
    username String,
    email String,
    country LowCardinality(String),
    subscription LowCardinality(String),
    age Nullable(UInt8),
    gender LowCardinality(String),
    load_id UInt32
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}')
ORDER BY user_key SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
CREATE TABLE IF NOT EXISTS users_versions ON CLUSTER films AS users
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}')
ORDER BY (user_key, load_id) SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
