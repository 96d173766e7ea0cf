"""The staging place: where snapshots for Spark are written, and what its jobs left is taken from."""
