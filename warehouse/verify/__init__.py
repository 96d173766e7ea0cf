"""Verifying: rollups against a recount of the facts, and repeated ids."""
