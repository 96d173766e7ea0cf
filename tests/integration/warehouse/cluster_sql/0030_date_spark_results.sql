ALTER TABLE spark_results ON CLUSTER films ADD COLUMN IF NOT EXISTS computed_at DateTime64(6, 'UTC') DEFAULT updated_at,
    ADD COLUMN IF NOT EXISTS checked_at DateTime64(6, 'UTC') DEFAULT updated_at,
    ADD COLUMN IF NOT EXISTS data_through Nullable(DateTime('UTC')),
    ADD COLUMN IF NOT EXISTS model String;
