-- Experiments (A/B tests): `experiments` holds the current row of each, `experiments_versions` every row that was ever
-- loaded (for asOf only). `shares` are the variants with their weights, as `variant=weight`.
-- A row of `assignments` says that a user was shown a variant at an instant; a user's first one counts.
-- Rewrites nothing. Undo: DROP TABLE experiments, experiments_versions, assignments, assignments_undone.
CREATE TABLE experiments
(
    experiment_key UInt32,
    id UInt128,
    name String,
    start_time DateTime('UTC'),
    end_time Nullable(DateTime('UTC')),
    control String,
    shares Array(String),
    load_id UInt32
)
ENGINE = MergeTree
ORDER BY experiment_key;

CREATE TABLE experiments_versions AS experiments
ENGINE = MergeTree
ORDER BY (experiment_key, load_id);

CREATE TABLE assignments
(
    id UInt128 CODEC(ZSTD(1)),
    user_key UInt32 CODEC(ZSTD(1)),
    experiment_key UInt32 CODEC(ZSTD(1)),
    variant LowCardinality(String) CODEC(ZSTD(1)),
    exposed_at DateTime('UTC') CODEC(Delta, ZSTD(1)),
    load_id UInt32 CODEC(Delta, ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toYear(exposed_at)
ORDER BY (experiment_key, user_key, exposed_at);

CREATE TABLE assignments_undone AS assignments;
