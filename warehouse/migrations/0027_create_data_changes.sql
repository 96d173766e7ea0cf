-- What changes answers without a load, a correction or a job: dropped partitions and rebuilt months. The highest version
-- of a kind counts. While one is under way its partitions may be changed in part. Rewrites nothing.
-- Undo: DROP TABLE data_changes, while nobody rebuilds or drops anything.
CREATE TABLE data_changes
(
    kind LowCardinality(String),
    partitions Array(String),
    is_under_way Bool,
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY kind;
