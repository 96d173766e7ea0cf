"""The demo data of a film service: one made-up world, as Arrow batches in the shape of `warehouse.tables.incoming`.

The same size, seed and end give the same bytes, however many threads draw them. What a reader can find in the picture:
evenings peak in each country's own time and weekends more so (`rhythm`); a few titles carry most views, and a new one
spikes and fades (`catalogue`); people come, go, and keep to their tastes, in what they watch and in how they rate it
(`audience`, `tastes`, `viewing`); some devices, networks and picture qualities buffer more (`playback`); and one
evening an outage took nine views in ten for three hours (`rhythm.Rhythm.outage`).
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import pyarrow as pa

from ingest.demo_size import DemoSize
from ingest.generator.audience import user_batches
from ingest.generator.catalogue import movie_batches
from ingest.generator.plan import Plan
from ingest.generator.ratings import rating_batches
from ingest.generator.sessions import session_batches
from ingest.generator.world import World, build_world

GENERATORS: Mapping[str, Callable[[World], Iterator[pa.RecordBatch]]] = MappingProxyType(
    {
        "movies": lambda world: movie_batches(world.plan, world.catalogue),
        "users": lambda world: user_batches(world.plan, world.audience),
        "viewing_sessions": session_batches,
        "ratings": rating_batches,
    }
)
"""Table to its rows, in the order in which they load: what is referred to comes before what refers."""

__all__ = ["GENERATORS", "DemoSize", "Plan", "World", "build_world"]
