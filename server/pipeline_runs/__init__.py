"""Runs of the pipeline: one at a time, in a thread beside those that answer, recorded while it is at work."""
