"""Backups: a copy of the warehouse as it was at one moment, taken while it is used, and restored as it was."""
