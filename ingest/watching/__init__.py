"""Watching a folder: which files have arrived whole, and where they go."""
