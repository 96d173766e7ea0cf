"""The staging place: where snapshots for Spark are written, and where its results are read."""
