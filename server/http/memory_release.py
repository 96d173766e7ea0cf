"""Memory that heavy questions and loads used goes back to the system: allocators keep it for minutes otherwise.

There are two: the engine's, and the C library's, which Python and its extensions use. docs/performance.md says what
each step returned.
"""

import asyncio
import ctypes
import logging
import os
import resource
from pathlib import Path

from anyio import to_thread

from warehouse.engine.engine import Engine
from warehouse.errors import MarqueeError

LOG = logging.getLogger("marquee.server")
PERIOD_S = 20.0
# How much the process may grow until it is worth the few milliseconds.
_GROWTH = 1.1
# Of glibc's malloc.h.
_M_ARENA_MAX = -8
_STATM = Path("/proc/self/statm")


class MemoryRelease:
    """Lets an embedded engine release what it does not use whenever the process has grown."""

    def __init__(self, engine: Engine, period_s: float = PERIOD_S) -> None:
        self._engine = engine
        self._period_s = period_s
        self._least_bytes = 0
        self._is_told = _STATM.exists()

    async def watch(self) -> None:
        """Look until cancelled. Returns at once where the system does not tell the process's size."""
        while self._is_told:
            await asyncio.sleep(self._period_s)
            # By the least that it ever held: what it held beside questions under way says nothing.
            if resident_bytes() > _GROWTH * self._least_bytes:
                try:
                    await to_thread.run_sync(self._release)
                except MarqueeError as error:
                    LOG.warning("Unused memory was not released: %s", error)
            self._least_bytes = min(self._least_bytes or resident_bytes(), resident_bytes())

    def _release(self) -> None:
        self._engine.release_memory()
        trim_heaps()


def share_heaps() -> None:
    """Let threads share two heaps of the C library. To be called before there are threads: glibc makes eight a
    processor otherwise, each of which keeps what it once held. `MALLOC_ARENA_MAX` says another number.
    """
    bound = getattr(ctypes.CDLL(None), "mallopt", None)
    if bound is not None and "MALLOC_ARENA_MAX" not in os.environ:
        bound(_M_ARENA_MAX, 2)


def trim_heaps() -> None:
    """Return the free memory of the C library's heaps to the system. Only glibc keeps so much, and can be told."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def resident_bytes() -> int:
    """The memory that this process holds."""
    return int(_STATM.read_text(encoding="ascii").split()[1]) * resource.getpagesize()
