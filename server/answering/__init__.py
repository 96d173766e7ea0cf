"""Answering: the service behind every door: what may run, at what cost, and what is kept and recorded of it."""
