"""Answers as tables, read from the server's Arrow stream: columns come as they are, no row is copied by itself."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marquee_client.exchange import Asked

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa


@dataclass(frozen=True)
class Table:
    """A question whose answer is a table. Each method asks it."""

    fetch: Callable[[Asked], bytes]
    asked: Asked

    def to_arrow(self) -> "pa.Table":
        """The answer as an Arrow table."""
        return read_stream(self.fetch(self.asked))

    def to_pandas(self) -> "pd.DataFrame":
        """The answer as a pandas frame."""
        return self.to_arrow().to_pandas()

    def to_polars(self) -> "pl.DataFrame":
        """The answer as a Polars frame."""
        return read_polars(self.fetch(self.asked))


@dataclass(frozen=True)
class AsyncTable:
    """A question whose answer is a table. Each method asks it."""

    fetch: Callable[[Asked], Awaitable[bytes]]
    asked: Asked

    async def to_arrow(self) -> "pa.Table":
        """The answer as an Arrow table."""
        return read_stream(await self.fetch(self.asked))

    async def to_pandas(self) -> "pd.DataFrame":
        """The answer as a pandas frame."""
        return (await self.to_arrow()).to_pandas()

    async def to_polars(self) -> "pl.DataFrame":
        """The answer as a Polars frame."""
        return read_polars(await self.fetch(self.asked))


def read_stream(content: bytes) -> "pa.Table":
    """The table of an Arrow stream; its columns point into the bytes."""
    import pyarrow as pa

    with pa.ipc.open_stream(content) as stream:
        return stream.read_all()


def read_polars(content: bytes) -> "pl.DataFrame":
    """The frame of an Arrow stream."""
    import polars as pl

    frame = pl.from_arrow(read_stream(content))
    assert isinstance(frame, pl.DataFrame)
    return frame
