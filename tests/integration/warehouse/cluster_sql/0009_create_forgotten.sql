CREATE TABLE IF NOT EXISTS forgotten ON CLUSTER films (
    tombstone FixedString(16),
    key_check String,
    keys_given UInt32,
    removed Map(String, UInt64),
    by String,
    at DateTime64(6, 'UTC')
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}')
ORDER BY at SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
CREATE TABLE IF NOT EXISTS forgetting ON CLUSTER films (
    user_id UInt128,
    user_key UInt32,
    months Array(String),
    tombstone FixedString(16),
    key_check String,
    keys_given UInt32,
    removed Map(String, UInt64),
    by String,
    at DateTime64(6, 'UTC')
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}')
ORDER BY at SETTINGS min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
