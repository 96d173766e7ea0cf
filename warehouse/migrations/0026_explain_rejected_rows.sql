-- What is wrong with a quarantined row, in words: the column, its value (cut) and what would fit. Empty for rows that only
-- wait, whose reason says it all, and for rows from before. Rewrites nothing. Undo: ALTER TABLE rejected_rows DROP COLUMN
-- explanation.
ALTER TABLE rejected_rows ADD COLUMN IF NOT EXISTS explanation String;
