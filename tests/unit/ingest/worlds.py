"""Worlds to look at: the demo as its tables, with numbers in place of ids."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ingest.generator import GENERATORS, DemoSize, Plan, World, build_world
from ingest.generator.plan import DAY_S, HOUR_S

UNTIL = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


@dataclass(frozen=True, eq=False)
class Seen:
    """The sessions (or ratings) of a world, column by column; `user` and `film` count from 0."""

    world: World
    table: pa.Table
    user: npt.NDArray[np.int64]
    film: npt.NDArray[np.int64]
    start_s: npt.NDArray[np.int64]

    @property
    def day(self) -> npt.NDArray[np.int64]:
        """Days of UTC since 1970."""
        return self.start_s // DAY_S

    @property
    def hour(self) -> npt.NDArray[np.int64]:
        """Hours of the plan."""
        return (self.start_s - self.world.plan.midnight_s) // HOUR_S

    def numbers(self, column: str) -> npt.NDArray[np.float64]:
        """A column's numbers."""
        return np.asarray(self.table[column].to_numpy(), dtype=np.float64)


@cache
def demo_world(seed: int = 42, sessions: int = 50_000) -> World:
    """The demo of the default size."""
    return build_world(Plan.ending(UNTIL, DemoSize(sessions=sessions), seed))


@cache
def rows(world: World, table: str) -> pa.Table:
    """All rows of a table."""
    return pa.Table.from_batches(list(GENERATORS[table](world)))


@cache
def seen(world: World, table: str, time_column: str) -> Seen:
    """The sessions or ratings of a world."""
    found = rows(world, table)
    return Seen(
        world,
        found,
        user=numbers_of(found["user_id"]) - 1,
        film=numbers_of(found["movie_id"]) - 1,
        start_s=found[time_column].cast(pa.int64()).to_numpy(),
    )


def numbers_of(ids: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """The numbers behind number ids."""
    return np.asarray([int.from_bytes(key[:8], "little") for key in ids.to_pylist()], dtype=np.int64)
