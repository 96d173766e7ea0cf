"""Loads: rows are staged, rolled up and counted out of sight, then shown as a whole; the ledger records every load."""
