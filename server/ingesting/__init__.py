"""Rows over HTTP: room for bodies that come, requests that wait, and the one writer that loads several at once."""
