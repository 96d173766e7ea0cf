"""Alerts: rules about measures, the history of their states, and what was sent about it.

Nothing here asks a question or sends anything: the server does, with the rights that a rule's owner had.
"""
