-- Alerts: rules that are watched, what became of them, and where that was sent. A row of `alerts` is a version of a rule
-- and is never changed; the newest version counts, and a deleted alert has a newest version that says so. `role` and
-- `scope` are the owner's when it was saved: the rule is asked with these. `rule` and `found` are JSON.
-- A row of `alert_events` is a change of state (numbered from 1), or an acknowledgement or silence of somebody's.
-- A row of `alert_deliveries` is a step of sending one change of state to one target. Rewrites nothing.
-- Undo: DROP TABLE alerts; DROP TABLE alert_events; DROP TABLE alert_deliveries, which loses all alerts.
CREATE TABLE alerts
(
    alert_id String,
    version UInt32,
    title String,
    owner String,
    issuer String,
    role LowCardinality(String),
    scope String,
    rule String CODEC(ZSTD(3)),
    is_deleted Bool,
    saved_at DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (alert_id, version);
CREATE TABLE alert_events
(
    alert_id String,
    number UInt32,
    kind LowCardinality(String),
    at DateTime64(3, 'UTC'),
    made_by String,
    found String CODEC(ZSTD(3))
)
ENGINE = MergeTree
ORDER BY (alert_id, at);
CREATE TABLE alert_deliveries
(
    alert_id String,
    number UInt32,
    target String,
    outcome LowCardinality(String),
    detail String,
    at DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (alert_id, number, at);
