-- Requests to load rows, as they came over HTTP: which load has the rows of each, from which number on, and what was
-- answered. Written before the load shows, so it counts where that load is done. `id` is a digest of who sent it and of
-- its Idempotency-Key, or chance where it had none; `fingerprint` tells another body under the same key. Nothing in it
-- is a row's. Forgotten after 30 days, the longest that a key may be remembered. Rewrites nothing.
-- Undo: DROP TABLE ingest_requests; a request that is sent again is then loaded again, as duplicates.
CREATE TABLE ingest_requests
(
    id FixedString(32),
    fingerprint FixedString(64),
    load_id UInt32,
    first_row UInt64,
    last_row UInt64,
    subject String,
    issuer String,
    answer String,
    at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = MergeTree
ORDER BY id
TTL toDateTime(at) + INTERVAL 30 DAY
SETTINGS index_granularity = 256;
