-- Scheduled reports: boards that are sent at times. A row of `reports` is a version of one and is never changed; the
-- newest version counts, and a deleted report has a newest version that says so. `role` and `scope` are the owner's when
-- it was saved: the board is asked with these. `plan` is JSON.
-- A row of `report_deliveries` is a step of sending the report of one moment (seconds since 1970) to one target.
-- Rewrites nothing. Undo: DROP TABLE reports; DROP TABLE report_deliveries, which loses all scheduled reports.
CREATE TABLE reports
(
    report_id String,
    version UInt32,
    title String,
    owner String,
    issuer String,
    role LowCardinality(String),
    scope String,
    plan String CODEC(ZSTD(3)),
    is_deleted Bool,
    saved_at DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (report_id, version);
CREATE TABLE report_deliveries
(
    report_id String,
    number UInt32,
    target String,
    outcome LowCardinality(String),
    detail String,
    at DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (report_id, number, at);
