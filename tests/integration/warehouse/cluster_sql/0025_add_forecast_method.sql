ALTER TABLE view_forecast ON CLUSTER films ADD COLUMN IF NOT EXISTS by_model Bool DEFAULT true;
