"""Reading ahead: a thread produces the next items while the last ones are used, so that files are read and checked
while the engine works.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Condition
from typing import Any, TypeVar

Item = TypeVar("Item")
_END: Any = object()


@contextmanager
def ahead(items: Iterable[Item], most: int, most_bytes: int, size: Callable[[Item], int]) -> Iterator[Iterator[Item]]:
    """The same items in order, at most `most` of them produced ahead, and none while those take `most_bytes`, by their
    `size`. An error in producing an item is raised in its place. When the block is left, the thread has stopped.
    """
    thread = ThreadPoolExecutor(1, thread_name_prefix="ahead")
    room = _Room(most_bytes)
    try:
        yield _taken(thread, iter(items), most, room, size)
    finally:
        room.open()
        thread.shutdown(cancel_futures=True)


def _taken(
    thread: ThreadPoolExecutor, items: Iterator[Item], most: int, room: "_Room", size: Callable[[Item], int]
) -> Iterator[Item]:
    def produced() -> Item:
        room.wait()
        item = next(items, _END)
        if item is not _END:
            room.add(size(item))
        return item

    coming = deque(thread.submit(produced) for _ in range(most))
    while (item := coming.popleft().result()) is not _END:
        room.add(-size(item))
        coming.append(thread.submit(produced))
        yield item


class _Room:
    """How much is produced and not yet taken; once it is open, nobody waits for it."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._taken_bytes = 0
        self._is_open = False
        self._changed = Condition()

    def wait(self) -> None:
        """Wait until some is left."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_open or self._taken_bytes < self._most_bytes)

    def add(self, size_bytes: int) -> None:
        """Take some; less than nothing gives it back."""
        with self._changed:
            self._taken_bytes += size_bytes
            self._changed.notify_all()

    def open(self) -> None:
        """Let everybody pass from now on."""
        with self._changed:
            self._is_open = True
            self._changed.notify_all()
