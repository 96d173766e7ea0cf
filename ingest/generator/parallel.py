"""A parallel map over threads, in order and with bounded memory. NumPy releases the GIL in long loops."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

WORKERS = 2

Job = TypeVar("Job")
Made = TypeVar("Made")


def ordered_map(make: Callable[[Job], Made], jobs: Iterable[Job]) -> Iterator[Made]:
    """Yield `make(job)` for each job, in order; at most one finished result per worker is kept waiting."""
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="generate") as pool:
        running: deque[Future[Made]] = deque()
        for job in jobs:
            running.append(pool.submit(make, job))
            if len(running) > WORKERS:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()
