-- Boards: questions that somebody saved to look at together, in an order. A row is a version of a board and is never
-- changed; the newest version counts, and a deleted board has a newest version that says so. `panels` is JSON, a list of
-- {title, question}. Answers are not kept: each reader asks the questions anew. Rewrites nothing.
-- Undo: DROP TABLE boards, which loses all boards.
CREATE TABLE boards
(
    board_id String,
    version UInt32,
    title String,
    owner String,
    issuer String,
    shared_with LowCardinality(String),
    panels String CODEC(ZSTD(3)),
    is_deleted Bool,
    saved_at DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (board_id, version);
