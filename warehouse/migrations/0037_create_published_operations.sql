-- Operations that admins published, beside those that Marquee brings. A row is a version of one and is never changed; the
-- newest version counts, and one that was unpublished has a newest version that says so. `published_operation_id` and
-- `title` are the operation's name, so that of each name there is one; `document` is its GraphQL document, as it was
-- sent. Rewrites nothing. Undo: DROP TABLE published_operations, which loses all published operations.
CREATE TABLE published_operations
(
    published_operation_id String,
    version UInt32,
    title String,
    owner String,
    issuer String,
    document String CODEC(ZSTD(3)),
    is_deleted Bool,
    saved_at DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (published_operation_id, version);
