-- Tokens and sign-in links that the server made: for whom, by whom and until when. The token itself is never stored, so
-- a row opens nothing. `scope` is JSON. A row is of no use after `expires_at`. Rewrites nothing.
-- Undo: DROP TABLE issued_tokens, which only empties the list of tokens.
CREATE TABLE issued_tokens
(
    token_id String,
    kind LowCardinality(String),
    subject String,
    role LowCardinality(String),
    scope String,
    operations Array(String),
    issued_by String,
    issued_at DateTime64(3, 'UTC'),
    expires_at DateTime('UTC')
)
ENGINE = MergeTree
ORDER BY token_id
TTL expires_at;
