"""Spark results: reading what Spark's jobs computed, through masks and scopes; one module per job.

A table of people's figures has the attributes by which scopes limit it. A table computed over everybody has none, so
`read` refuses it to askers with a scope, unless the policy released the job.
"""
