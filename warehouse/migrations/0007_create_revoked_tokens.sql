-- Tokens that were ended before their time; a row is of no use after `until`, when the token has ended by itself.
-- Rewrites nothing. Undo: DROP TABLE revoked_tokens, which lets revoked tokens count again.
CREATE TABLE revoked_tokens
(
    token_id String,
    until DateTime('UTC'),
    revoked_at DateTime64(3, 'UTC') DEFAULT now64(3),
    revoked_by String
)
ENGINE = MergeTree
ORDER BY token_id
TTL until;
