"""The viewing sessions: the views of `viewing` with their `playback`."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ingest.generator.parallel import ordered_map
from ingest.generator.playback import DEVICES, OUTAGE_BUFFERING, OUTAGE_CUTS, QUALITIES, completions, stalls
from ingest.generator.who_watches import Schedule, Viewings
from ingest.generator.world import World
from warehouse.ids import from_numbers
from warehouse.tables.incoming_schemas import ATTRIBUTES, INCOMING, INSTANT

MINUTE_E4 = 10_000
COMPLETION_E6 = 1_000_000


def session_batches(world: World) -> Iterator[pa.RecordBatch]:
    """The sessions as rows of `viewing_sessions`, sorted by hour and id."""
    schedule = Schedule.of(world, "sessions", world.plan.size.sessions)
    return ordered_map(lambda chunk: _batch(schedule, *chunk), schedule.chunks())


def _batch(schedule: Schedule, first: int, end: int) -> pa.RecordBatch:
    rng = schedule.world.plan.rng("sessions", 1, first)
    viewing = schedule.draw(np.arange(first, end), rng)
    return played(schedule.world, viewing, np.arange(first + 1, end + 1, dtype=np.uint64), rng)


def played(world: World, viewing: Viewings, ids: npt.NDArray[np.uint64], rng: np.random.Generator) -> pa.RecordBatch:
    """Views as rows of `viewing_sessions` with these ids."""
    minutes = world.catalogue.minutes[viewing.film]
    local_hour = world.rhythm.local_hour[viewing.hour, viewing.country]
    device = world.playback.devices(viewing.user, local_hour, rng)
    quality = world.playback.qualities(device, world.audience.subscription[viewing.user], rng)

    dark = (viewing.hour >= world.rhythm.outage[0]) & (viewing.hour < world.rhythm.outage[1])
    completion = completions(viewing.match, minutes, device, rng)
    completion[dark] *= OUTAGE_CUTS
    completion_e6 = np.rint(completion * COMPLETION_E6).astype(np.int64)
    watch_e4 = completion_e6 * minutes * MINUTE_E4 // COMPLETION_E6

    network = world.audience.network[viewing.user]
    network[dark] *= OUTAGE_BUFFERING
    buffering = stalls(watch_e4 / (60 * MINUTE_E4), device, quality, viewing.country, network, rng)
    return pa.record_batch(
        [
            from_numbers(ids),
            from_numbers((viewing.user + 1).astype(np.uint64)),
            from_numbers((viewing.film + 1).astype(np.uint64)),
            pa.array(viewing.start_s, pa.int64()).cast(INSTANT),
            pa.array(watch_e4.astype(np.uint32)),
            pa.array(completion_e6.astype(np.uint32)),
            _labels(DEVICES, device),
            _labels(QUALITIES, quality),
            pa.array(buffering.astype(np.uint16)),
            pa.nulls(len(ids), ATTRIBUTES),
        ],
        schema=INCOMING["viewing_sessions"],
    )


def _labels(names: tuple[str, ...], index: npt.NDArray[np.int32]) -> pa.StringArray:
    return pa.array(names, pa.string()).take(pa.array(index))
