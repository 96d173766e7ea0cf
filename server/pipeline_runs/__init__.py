"""Pipeline runs: one at a time, in its own thread, recorded while it runs."""
