"""Batch: what Spark's jobs computed, one module each: a result's tables, and how it is read through masks and scopes.

A table of people's figures shows the attributes by which scopes limit it. One that was computed over everybody has
none, so that `read` refuses it to whoever has a scope, unless the policy released the job.
"""
