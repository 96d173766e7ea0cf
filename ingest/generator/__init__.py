"""Demo data of a film service: a made-up world, as Arrow batches in the shape of `warehouse.tables.incoming_schemas`.

The same size, seed and end give the same bytes, for any number of threads. Patterns in the data: views peak in the
evening in each country's own time, more so on weekends (`rhythm`); a few titles get most views, and new ones spike and
fade (`catalogue`); people sign up, leave, and watch and rate by taste (`audience`, `tastes`, `who_watches`); some
devices, networks and picture qualities buffer more (`playback`); and on one evening an outage costs nine views in ten
for three hours (`rhythm.Rhythm.outage`).
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from types import MappingProxyType

import pyarrow as pa

from ingest.demo_size import DemoSize
from ingest.generator.audience import user_batches
from ingest.generator.catalogue import movie_batches
from ingest.generator.experiments import assignment_batches, caused_session_batches, experiment_batches
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
"""Table → its rows, in load order: referenced tables come before the tables that reference them."""

WITH_EXPERIMENTS: Mapping[str, Callable[[World], Iterator[pa.RecordBatch]]] = MappingProxyType(
    {
        **GENERATORS,
        "viewing_sessions": lambda world: chain(session_batches(world), caused_session_batches(world)),
        "experiments": experiment_batches,
        "assignments": assignment_batches,
    }
)
"""The same rows and those of experiments (`experiments`), in load order."""

__all__ = ["GENERATORS", "WITH_EXPERIMENTS", "DemoSize", "Plan", "World", "build_world"]
