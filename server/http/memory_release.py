"""Memory that heavy questions and loads used goes back to the system: allocators keep it for minutes otherwise.

There are three: the engine's, Arrow's, and the C library's, which Python and its extensions use.
"""

import asyncio
import ctypes
import logging
import resource
from pathlib import Path

import pyarrow as pa
from anyio import to_thread

from warehouse.engine.engine import Engine
from warehouse.errors import MarqueeError

LOG = logging.getLogger("marquee.server")
PERIOD_S = 20.0
# How much the process may grow until it is worth the few milliseconds.
_GROWTH = 1.1
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
        pa.default_memory_pool().release_unused()
        trim_heaps()


def trim_heaps() -> None:
    """Return the free memory of the C library's heaps to the system. Only glibc keeps so much, and can be told."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def resident_bytes() -> int:
    """The memory that this process holds."""
    return int(_STATM.read_text(encoding="ascii").split()[1]) * resource.getpagesize()
