"""Quarantined rows: as their file had them, and what is wrong with them in words."""
