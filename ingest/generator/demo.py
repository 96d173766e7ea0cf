"""The demo data: generated, and loaded into a warehouse or written to files."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from ingest.demo_size import DemoSize
from ingest.files.file_format import FileFormat
from ingest.files.writers import write_file
from ingest.generator import GENERATORS, WITH_EXPERIMENTS, Plan, World, build_world
from ingest.loading.batches import gathered, numbered
from ingest.progress import Progress, silent
from warehouse import Warehouse
from warehouse.errors import MarqueeError
from warehouse.loads.load import LoadSummary

__all__ = ["DemoSize", "load_demo", "write_demo"]

LOG = logging.getLogger("marquee.ingest")


def load_demo(
    warehouse: Warehouse,
    size: DemoSize,
    seed: int,
    until: datetime,
    progress: Progress = silent,
    experiments: bool = False,
) -> list[LoadSummary]:
    """Loads a film service that ends at `until`, one load a table; films and users first. Progress counts rows. With
    `experiments`, also experiments, who took part, and the sessions that they brought about beside those of `size`.

    If it is stopped or fails before the last table, the loaded tables are taken back: films without sessions would make
    the warehouse look in use.
    """
    world = build_world(Plan.ending(until, size, seed))
    summaries: list[LoadSummary] = []
    try:
        for table, batches in _tables(world, progress, experiments):
            with warehouse.load(table, files=[f"generated:seed={seed}"]) as load:
                for batch, numbers in gathered(numbered(batches)):
                    load.write(batch, numbers)
                summaries.append(load.commit())
    except BaseException:
        _take_back(warehouse, summaries)
        raise
    return summaries


def _take_back(warehouse: Warehouse, loads: Sequence[LoadSummary]) -> None:
    """The last first, because sessions and ratings depend on films and users."""
    try:
        for done in reversed(loads):
            warehouse.undo(done.load_id)
    except MarqueeError as error:
        LOG.warning("Demo data that was loaded in part stays; marquee ingest undo takes loads back: %s", error)


def write_demo(
    folder: Path,
    file_format: FileFormat,
    size: DemoSize,
    seed: int,
    until: datetime,
    progress: Progress = silent,
    experiments: bool = False,
) -> list[Path]:
    """Writes the same service as one file a table, `folder/<table>.<format>`; makes the folder if need be."""
    world = build_world(Plan.ending(until, size, seed))
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for table, batches in _tables(world, progress, experiments):
        path = folder / f"{table}.{file_format}"
        write_file(path, file_format, table, batches)
        paths.append(path)
    return paths


def _tables(world: World, progress: Progress, experiments: bool) -> Iterator[tuple[str, Iterator[pa.RecordBatch]]]:
    for table, make in (WITH_EXPERIMENTS if experiments else GENERATORS).items():
        # How many rows experiments have depends on who comes by.
        yield table, _told(table, make(world), world.plan.size.rows(table) if table in GENERATORS else 0, progress)


def _told(table: str, batches: Iterator[pa.RecordBatch], planned: int, progress: Progress) -> Iterator[pa.RecordBatch]:
    done = 0
    for batch in batches:
        yield batch
        done += batch.num_rows
        progress(table, done, max(done, planned))
