-- Users: `users` holds the current row of each, `users_versions` every row that was ever loaded (for asOf only).
-- A text that is missing is '', so that no mask has to tell NULL from empty. Rewrites nothing.
-- Undo: DROP TABLE users, users_versions.
CREATE TABLE users
(
    user_key UInt32,
    id UInt128,
    username String,
    email String,
    country LowCardinality(String),
    subscription LowCardinality(String),
    age Nullable(UInt8),
    gender LowCardinality(String),
    load_id UInt32
)
ENGINE = MergeTree
ORDER BY user_key;

CREATE TABLE users_versions AS users
ENGINE = MergeTree
ORDER BY (user_key, load_id);
