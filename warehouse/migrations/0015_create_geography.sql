-- Where films are watched, computed by Spark and swapped in whole: the reach of each film in each country, how far apart the
-- tastes of two countries are (both directions), and films that are watched away from home.
-- Rewrites nothing. Undo: DROP TABLE country_reach, country_distances, travelling_movies.
CREATE TABLE country_reach
(
    country LowCardinality(String),
    movie_key UInt32,
    views UInt64,
    viewers UInt32,
    active_viewers UInt32,
    rank UInt32
)
ENGINE = MergeTree
ORDER BY (country, rank);

CREATE TABLE country_distances
(
    country LowCardinality(String),
    other LowCardinality(String),
    distance Float64
)
ENGINE = MergeTree
ORDER BY (country, other);

CREATE TABLE travelling_movies
(
    movie_key UInt32,
    home LowCardinality(String),
    countries UInt16,
    views UInt64,
    abroad_share Float64,
    evenness Float64,
    rank UInt32
)
ENGINE = MergeTree
ORDER BY rank;
