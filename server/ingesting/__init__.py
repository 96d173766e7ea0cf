"""Rows over HTTP: capacity for bodies, waiting requests, and a writer that loads several requests at once."""
