"""Answering: the service behind every entry point: admission, execution, caching and the audit record."""
