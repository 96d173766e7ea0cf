"""ClickHouse, embedded or served: the driver, its clients, the folder and its lock, limits, locks of this process."""
