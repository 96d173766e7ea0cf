"""A stand-in for a ClickHouse server: `python -m tests.support.clickhouse_server PORT FOLDER`.

No ClickHouse server can be installed here, but the engine can be embedded in a process of its own. What this stands in
for is the server's HTTP handler alone, as far as its driver uses it; every statement is run by the real engine, through
the driver's own HTTP client. Sessions, compressed bodies and accounts are as on a server. It also does on demand what
happens to servers: see `faults`, and `modes.ServedEngine.restart`.
"""
