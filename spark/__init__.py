"""Jobs that read and write Parquet folders: session, pure transforms, a thin module per job. Knows no ClickHouse."""
