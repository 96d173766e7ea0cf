-- The fact: one row a session. Ordered by day and film, so that a range reads its days and a film's page its granules;
-- the bloom filter finds one user's sessions (docs/warehouse.md has the EXPLAINs). Sums are integers: minutes in
-- ten-thousandths, completion in millionths. Rewrites nothing. Undo: DROP TABLE viewing_sessions.
CREATE TABLE viewing_sessions
(
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
ENGINE = MergeTree
PARTITION BY toYYYYMM(start_time)
ORDER BY (toStartOfDay(start_time), movie_key);
