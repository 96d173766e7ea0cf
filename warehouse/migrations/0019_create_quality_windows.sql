-- Buffering in windows of event time, per device and country, streamed by Spark and swapped in by month. `usual` is the
-- buffering per view of the device in the country over all windows before, 0 where it had none. Rewrites nothing.
-- Undo: DROP TABLE quality_windows.
CREATE TABLE quality_windows
(
    window_start DateTime('UTC'),
    window_end DateTime('UTC'),
    device LowCardinality(String),
    country LowCardinality(String),
    sessions UInt64,
    buffered_sessions UInt64,
    buffering_events UInt64,
    buffering_per_view Float64,
    usual Float64,
    alert Bool
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(window_start)
ORDER BY (window_start, device, country);
