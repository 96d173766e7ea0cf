"""Loads: rows are staged, rolled up and counted out of sight, then shown whole; the ledger says which loads are."""
