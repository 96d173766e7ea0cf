"""How much memory the process may use, as the system says: of its control group, or else of the machine."""

import os
from collections.abc import Iterator
from pathlib import Path

# Of the whole: what the allocator holds beside what the engine counts, and what else is in the container.
_SHARE = 0.85
# Python, Arrow, the schema and answers.
_BESIDE_BYTES = 350 * 2**20
_LEAST_BYTES = 128 * 2**20


def engine_bytes(memory_bytes: int) -> int:
    """What all statements of an embedded engine may use together in a process that may use `memory_bytes`."""
    return max(_LEAST_BYTES, int(_SHARE * memory_bytes) - _BESIDE_BYTES)


def available_bytes(root: Path = Path("/")) -> int:
    """The lowest limit of the process's control groups (both versions), or the machine's memory."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([machine, *_limits(root)])


def _limits(root: Path) -> Iterator[int]:
    try:
        groups = (root / "proc/self/cgroup").read_text(encoding="ascii").splitlines()
    except OSError:
        return
    for line in groups:
        number, controllers, path = line.split(":", 2)
        if number == "0":
            base, name = root / "sys/fs/cgroup", "memory.max"
        elif "memory" in controllers.split(","):
            base, name = root / "sys/fs/cgroup/memory", "memory.limit_in_bytes"
        else:
            continue
        # Within a container the path may be that outside of it, so what is not there is passed over.
        below = Path(path.strip("/"))
        for group in (below, *below.parents):
            yield from _limit(base / group / name)


def _limit(file: Path) -> Iterator[int]:
    try:
        text = file.read_text(encoding="ascii").strip()
    except OSError:
        return
    if text.isdigit():
        yield int(text)
