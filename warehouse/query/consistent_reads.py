"""Reads that must see one state of the data: statements that belong together, or one over several tables.

In an embedded folder loads wait for them. On a server loads of other processes can't be made to wait so cheaply: a read
counts if the version of the data was the same before and after, and nothing was being shown. If that never happens, the
right to write is taken for the read.
"""

import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import Protocol, TypeVar

from warehouse.engine.allowance import Allowance
from warehouse.engine.read_write_lock import ReadWriteLock
from warehouse.writing.data_version import DataVersion
from warehouse.writing.write_lock import WriteLock

T = TypeVar("T")
_TRIES = 4
# How often a statement runs without holding loads back.
_TRIES_SENT = 2
# How long to wait for what is being shown, times the number of the try.
_SHOWING_S = 0.05


class ConsistentRead(Protocol):
    """Runs a read, perhaps several times, and returns its result of one state of the data."""

    def __call__(self, read: Callable[[], T], /) -> T: ...


class ConsistentReads:
    """Runs reads of one process. `version` is None where no other process writes."""

    def __init__(self, data_lock: ReadWriteLock, write_lock: WriteLock, version: DataVersion | None) -> None:
        self._data_lock = data_lock
        self._write_lock = write_lock
        self._version = version

    def __call__(self, read: Callable[[], T], /) -> T:
        """The result of `read`, which changes nothing and may be called several times.

        Raises: WriterBusy when other processes keep changing the data, and one does not stop writing.
        """
        if self._version is None:
            with self._data_lock.reading():
                return read()
        for number in range(_TRIES):
            time.sleep(_SHOWING_S * number)
            before = self._version.look()
            if before.is_showing:
                continue
            with self._data_lock.reading():
                found = read()
            if self._version.look() == before:
                return found
        with self._write_lock.hold(), self._data_lock.reading():
            return read()

    def sent(self, allowance: Allowance, read: Callable[[], T]) -> T:
        """The result of `read`, which runs one SELECT under an allowance and may be called several times.

        In an embedded folder loads wait while the statement is sent, which fixes what it sees, and not while it runs.
        What it looks up in dictionaries is not fixed: it runs again if that changed, the last time with loads held
        back.

        Raises: WriterBusy, as above.
        """
        if self._version is None:
            allowance.sending = self._data_lock.reading
            for _ in range(_TRIES_SENT):
                corrections = self._data_lock.corrections
                found = read()
                if self._data_lock.corrections == corrections:
                    return found
            allowance.sending = nullcontext
        return self(read)
