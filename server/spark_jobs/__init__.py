"""Spark jobs as the service runs them: what each reads and fills, its process, its progress on a terminal."""
