-- From which load on history is kept: what came before can't be taken back, and questions as of an earlier moment are
-- refused. The highest load counts; without a row everything is kept. Rewrites nothing.
-- Undo: what was dropped is gone; DROP TABLE kept_history lets questions be answered wrongly.
CREATE TABLE kept_history
(
    from_load UInt32,
    from_at DateTime64(6, 'UTC'),
    at DateTime64(6, 'UTC')
)
ENGINE = MergeTree
ORDER BY from_load;
