-- Whether each rollup holds what the facts hold; the highest version counts, and a rollup without a row does. Rewrites
-- nothing.
-- Undo: marquee warehouse rebuild, then DROP TABLE rollup_states.
CREATE TABLE rollup_states
(
    name LowCardinality(String),
    is_stale Bool,
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY name;
