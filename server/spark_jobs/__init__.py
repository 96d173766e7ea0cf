"""Runs Spark jobs: what each reads and fills, its process, and its progress on a terminal."""
