ALTER TABLE user_churn ON CLUSTER films ADD COLUMN IF NOT EXISTS score Float64 DEFAULT probability;
