"""Commands of `marquee ingest`, a file each: their arguments, and what they print."""
