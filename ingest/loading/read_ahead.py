"""Reading ahead: a thread produces the next items while the last ones are used, so that files are read and checked
while the engine works.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

Item = TypeVar("Item")
_END: Any = object()


@contextmanager
def ahead(items: Iterable[Item], most: int) -> Iterator[Iterator[Item]]:
    """The same items in order, at most `most` of them produced ahead. An error in producing an item is raised in its
    place. When the block is left, the thread has stopped.
    """
    thread = ThreadPoolExecutor(1, thread_name_prefix="ahead")
    try:
        yield _taken(thread, iter(items), most)
    finally:
        thread.shutdown(cancel_futures=True)


def _taken(thread: ThreadPoolExecutor, items: Iterator[Item], most: int) -> Iterator[Item]:
    coming = deque(thread.submit(next, items, _END) for _ in range(most))
    while (item := coming.popleft().result()) is not _END:
        coming.append(thread.submit(next, items, _END))
        yield item
