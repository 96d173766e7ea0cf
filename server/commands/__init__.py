"""The commands of `marquee`, except those that `ingest/`, `warehouse/`, `spark/` and `server/identity/` declare."""
