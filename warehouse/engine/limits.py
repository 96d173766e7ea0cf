"""What statements may use and must wait for: read from settings, held by the engine. What the askers of each role may
use is in `schema/access_policy.py`.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What one statement may use: seconds, bytes, and the clients that run statements at once; and what all statements
    of an embedded engine may use together, if that is limited. If `durable`, a load waits until its rows are on the
    disk. On a server, a process that writes and has been silent for `lease_seconds` is taken for dead.
    """

    statement_seconds: float = 20.0
    load_seconds: float = 3600.0
    memory_bytes: int = 4 * 2**30
    clients: int = 4
    engine_bytes: int | None = None
    wait_seconds: float = 30.0
    durable: bool = True
    lease_seconds: float = 10.0
