-- The second fact: one row a rating, in hundredths of a star. Partitioned by year: ratings are few.
-- Rewrites nothing. Undo: DROP TABLE ratings.
CREATE TABLE ratings
(
    id UInt128 CODEC(ZSTD(1)),
    user_key UInt32 CODEC(ZSTD(1)),
    movie_key UInt32 CODEC(ZSTD(1)),
    rating_e2 UInt16 CODEC(ZSTD(1)),
    review_text String CODEC(ZSTD(3)),
    rating_date DateTime('UTC') CODEC(Delta, ZSTD(1)),
    load_id UInt32 CODEC(Delta, ZSTD(1)),
    INDEX user_key_bloom user_key TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYear(rating_date)
ORDER BY (movie_key, rating_date);
