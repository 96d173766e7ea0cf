"""Verifying: rollups against a recount of the facts, and ids that stand twice."""
