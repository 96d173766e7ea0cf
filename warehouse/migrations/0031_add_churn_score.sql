-- The model's score beside the calibrated probability: many users have one probability, and rank by their scores. What is
-- there was both. Rewrites nothing. Undo: ALTER TABLE user_churn DROP COLUMN score.
ALTER TABLE user_churn ADD COLUMN score Float64 DEFAULT probability;
