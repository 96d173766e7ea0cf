-- Films: `movies` holds the current row of each, `movies_versions` every row that was ever loaded (for asOf only).
-- Rewrites nothing. Undo: DROP TABLE movies, movies_versions.
CREATE TABLE movies
(
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
ENGINE = MergeTree
ORDER BY movie_key;

CREATE TABLE movies_versions AS movies
ENGINE = MergeTree
ORDER BY (movie_key, load_id);
