-- Whether the model made a genre's forecast, or last week's same day stands in its place because it was nearer on past
-- days. Rewrites nothing: what is there was the model's. Undo: ALTER TABLE view_forecast DROP COLUMN by_model.
ALTER TABLE view_forecast ADD COLUMN by_model Bool DEFAULT true;
