-- How old each part of a result is: when it was computed, when it was last held against the data it is made of, up to which
-- session that reached, and the model that made it. What is there already was held against its data when it was computed.
-- Rewrites nothing. Undo: ALTER TABLE spark_results DROP COLUMN computed_at, DROP COLUMN checked_at,
-- DROP COLUMN data_through, DROP COLUMN model.
ALTER TABLE spark_results
    ADD COLUMN computed_at DateTime64(6, 'UTC') DEFAULT updated_at,
    ADD COLUMN checked_at DateTime64(6, 'UTC') DEFAULT updated_at,
    ADD COLUMN data_through Nullable(DateTime('UTC')),
    ADD COLUMN model String;
