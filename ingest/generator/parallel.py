"""A map over threads that keeps the order and a bound on what is in flight. NumPy lets go of the GIL in long loops."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

WORKERS = 2

Job = TypeVar("Job")
Made = TypeVar("Made")


def ordered_map(make: Callable[[Job], Made], jobs: Iterable[Job]) -> Iterator[Made]:
    """`make` of each job, in the order of the jobs; at most one result waits for each worker."""
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="generate") as pool:
        running: deque[Future[Made]] = deque()
        for job in jobs:
            running.append(pool.submit(make, job))
            if len(running) > WORKERS:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()
