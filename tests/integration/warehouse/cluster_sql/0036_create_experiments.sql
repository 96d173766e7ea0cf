CREATE TABLE IF NOT EXISTS experiments ON CLUSTER films (
    experiment_key UInt32,
    id UInt128,
    name String,
    start_time DateTime('UTC'),
    end_time Nullable(DateTime('UTC')),
    control String,
    shares Array(String),
    load_id UInt32
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}')
ORDER BY experiment_key SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
CREATE TABLE IF NOT EXISTS experiments_versions ON CLUSTER films AS experiments
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}')
ORDER BY (experiment_key, load_id) SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
CREATE TABLE IF NOT EXISTS assignments_local ON CLUSTER films (
    id UInt128 CODEC(ZSTD(1)),
    user_key UInt32 CODEC(ZSTD(1)),
    experiment_key UInt32 CODEC(ZSTD(1)),
    variant LowCardinality(String) CODEC(ZSTD(1)),
    exposed_at DateTime('UTC') CODEC(Delta, ZSTD(1)),
    load_id UInt32 CODEC(Delta, ZSTD(1))
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}')
PARTITION BY toYear(exposed_at)
ORDER BY (experiment_key, user_key, exposed_at) SETTINGS min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
CREATE TABLE IF NOT EXISTS assignments_undone_local ON CLUSTER films AS assignments_local
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}')
PARTITION BY toYear(exposed_at)
ORDER BY (experiment_key, user_key, exposed_at) SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
