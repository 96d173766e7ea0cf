ALTER TABLE rejected_rows ON CLUSTER films ADD COLUMN IF NOT EXISTS explanation String;
