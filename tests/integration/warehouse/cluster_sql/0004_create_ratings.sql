CREATE TABLE IF NOT EXISTS ratings_local ON CLUSTER films (
    id UInt128 CODEC(ZSTD(1)),
    user_key UInt32 CODEC(ZSTD(1)),
    movie_key UInt32 CODEC(ZSTD(1)),
    rating_e2 UInt16 CODEC(ZSTD(1)),
    review_text String CODEC(ZSTD(3)),
    rating_date DateTime('UTC') CODEC(Delta, ZSTD(1)),
    load_id UInt32 CODEC(Delta, ZSTD(1)),
    INDEX user_key_bloom user_key TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}')
PARTITION BY toYear(rating_date)
ORDER BY (movie_key, rating_date) SETTINGS min_rows_to_fsync_after_merge = 1, min_compressed_bytes_to_fsync_after_merge = 1, fsync_part_directory = 1, fsync_after_insert = 1, replicated_deduplication_window = 0;
