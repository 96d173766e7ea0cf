"""Limits on a request's content, each checked in time linear in the size of document and variables.

They are applied before GraphQL's own validation, because some of its rules take quadratic time.
"""
