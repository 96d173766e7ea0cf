"""Reading ClickHouse's Native format from a stream of bytes.

The driver's own reader waits for the first block before it returns. A statement that is sent as raw bytes returns at
once, and this decodes what comes, by the driver's classes for it, which its documentation does not name.
"""

from collections.abc import Iterator
from typing import Protocol

from clickhouse_connect.driver.ctypes import RespBuffCls
from clickhouse_connect.driver.query import QueryContext, QueryResult
from clickhouse_connect.driver.transform import NativeTransform

_CHUNK_BYTES = 2**16


class Stream(Protocol):
    """Bytes of a result, as they come."""

    def read(self, size: int, /) -> bytes: ...

    def close(self) -> object: ...


class _Source:
    """What the driver's buffer reads from."""

    exception_tag = None
    last_message = None

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.gen: Iterator[bytes] = iter(lambda: stream.read(_CHUNK_BYTES), b"")

    def close(self) -> None:
        """Give up the stream; the statement ends."""
        self._stream.close()


def read_native(stream: Stream) -> QueryResult:
    """The result that a stream carries, read block by block; the stream is closed with it."""
    buffer = RespBuffCls(_Source(stream))  # type: ignore[no-untyped-call]
    result = NativeTransform.parse_response(buffer, QueryContext())
    assert isinstance(result, QueryResult)
    return result
