"""Scheduled reports: which board is sent when, in which form, and to whom; and what was sent."""
