"""Answers as files: an answer's table, and the file formats."""
