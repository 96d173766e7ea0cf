-- What is watched most in each country, computed by Spark and swapped in whole: for users who have met nothing, of whom a
-- model knows nothing. `Unknown` is the list of everybody. Rewrites nothing. Undo: DROP TABLE popular_movies.
CREATE TABLE popular_movies
(
    country LowCardinality(String),
    rank UInt8,
    movie_key UInt32,
    score Float64
)
ENGINE = MergeTree
ORDER BY (country, rank);
