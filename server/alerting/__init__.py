"""Watching alerts: their rules are asked like any request of their owners, and changes of state are sent."""
