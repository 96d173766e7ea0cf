"""Forgetting a person: shadow tables leave out every trace, and replace the tables in one moment."""
