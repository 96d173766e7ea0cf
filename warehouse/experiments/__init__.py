"""Experiments (A/B tests): figures by variant, and what they show, from sums that the engine adds up exactly."""
