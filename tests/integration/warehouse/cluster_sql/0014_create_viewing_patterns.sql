CREATE TABLE IF NOT EXISTS user_patterns ON CLUSTER films (
    user_key UInt32,
    sessions UInt32,
    visits UInt32,
    watch_minutes_e4 UInt64,
    binge_runs UInt32,
    longest_binge UInt32,
    night UInt32,
    morning UInt32,
    afternoon UInt32,
    evening UInt32,
    devices UInt8,
    device_switches UInt32
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}')
ORDER BY user_key SETTINGS old_parts_lifetime = 20, min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
