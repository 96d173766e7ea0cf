-- How each user watches, computed by Spark and swapped in whole: figures of one user that add up over any segment, so that
-- who sees whom is decided when they are read. A visit is sessions with gaps of up to 30 minutes; `night` to `evening` are
-- sessions by the hour of their start in the viewer's own zone. Rewrites nothing. Undo: DROP TABLE user_patterns.
CREATE TABLE user_patterns
(
    user_key UInt32,
    sessions UInt32,
    visits UInt32,
    watch_minutes_e4 UInt64,
    binge_runs UInt32,
    longest_binge UInt32,
    night UInt32,
    morning UInt32,
    afternoon UInt32,
    evening UInt32,
    devices UInt8,
    device_switches UInt32
)
ENGINE = MergeTree
ORDER BY user_key;
