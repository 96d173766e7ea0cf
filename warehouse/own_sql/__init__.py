"""SQL of an operator's own: what it may say, and its answer over masked tables. Nothing else of it is run."""
