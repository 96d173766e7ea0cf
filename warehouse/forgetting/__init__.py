"""Forgetting a person: every trace is left out of twins of the tables, and these take their places at once."""
