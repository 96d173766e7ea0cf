-- The ledger says when a load was done apart from when its entry was last written, because counts move later: rows leave
-- the quarantine by a load of their own (`retry_of`), and a load may take back another (`undo_of`); 0 is none.
-- Rewrites nothing: of entries from before, `done_at` is read from `updated_at`. Undo: drop the three columns.
ALTER TABLE loads
    ADD COLUMN IF NOT EXISTS retry_of UInt32,
    ADD COLUMN IF NOT EXISTS undo_of UInt32,
    ADD COLUMN IF NOT EXISTS done_at DateTime64(6, 'UTC') DEFAULT updated_at;
