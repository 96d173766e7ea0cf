"""A ClickHouse cluster: which tables its shards share, and the statements that make them."""
