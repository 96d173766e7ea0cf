"""Moving a warehouse: exporting it as Parquet with its ledger and versions, and importing that elsewhere."""
