"""Limits of what a request may hold: each checked in linear time in the size of document and variables.

They are applied before GraphQL's own validation, some of whose rules compare each field with each other.
"""
