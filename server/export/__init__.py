"""Answers as files: the table that an answer is, and its formats."""
