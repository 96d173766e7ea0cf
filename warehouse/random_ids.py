"""Random bits for ids that must be unique and need not be secret: of requests, statements and audit records.

One generator, seeded by the system: a cached answer needs several ids, and a system call for each would be noticed.
"""

import os
import random

_GENERATOR = random.Random()
# A forked process would repeat its parent's.
os.register_at_fork(after_in_child=_GENERATOR.seed)


def unique_bits(count: int) -> int:
    """So many random bits as a number."""
    return _GENERATOR.getrandbits(count)


def unique_hex(count: int) -> str:
    """So many random hex digits."""
    return f"{_GENERATOR.getrandbits(4 * count):0{count}x}"
