-- What users may like next and which films are alike, computed by Spark and swapped in whole; `recommendation_report` says
-- how well, beside a baseline, on `rows` held-out rows. Rewrites nothing.
-- Undo: DROP TABLE user_recommendations, similar_movies, recommendation_report.
CREATE TABLE user_recommendations
(
    user_key UInt32,
    rank UInt8,
    movie_key UInt32,
    score Float64
)
ENGINE = MergeTree
ORDER BY (user_key, rank);

CREATE TABLE similar_movies
(
    movie_key UInt32,
    rank UInt8,
    other_key UInt32,
    similarity Float64
)
ENGINE = MergeTree
ORDER BY (movie_key, rank);

CREATE TABLE recommendation_report
(
    metric LowCardinality(String),
    model Nullable(Float64),
    baseline Nullable(Float64),
    rows UInt64
)
ENGINE = MergeTree
ORDER BY metric;
