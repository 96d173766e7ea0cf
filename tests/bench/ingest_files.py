"""Step `ingest_files`: the files that step `ingest` loads: films, users, and sessions in each format.

Sessions come in two halves of 1 M over the same days, by odd and even ids, so that the second is compared with what the
first left at every point; and whole, 10 M unless told otherwise.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from ingest.files.file_format import FileFormat
from ingest.files.writers import WRITERS, write_file
from ingest.generator import GENERATORS, Plan, World, build_world
from ingest.generator.demo import DemoSize
from ingest.generator.sessions import session_batches
from tests.bench.figures import report
from tests.bench.generate import SEED, UNTIL


def main() -> None:
    """Write the files, and report their sizes in MiB."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--half", type=int, required=True)
    parser.add_argument("--whole", type=int, required=True)
    parser.add_argument("--to", type=Path, required=True)
    asked = parser.parse_args()
    users = max(asked.whole // 20, 1)
    halves, whole = _world(2 * asked.half, users), _world(asked.whole, users)
    asked.to.mkdir(parents=True)
    for table in ("movies", "users"):
        write_file(asked.to / f"{table}.parquet", FileFormat.PARQUET, table, GENERATORS[table](whole))
    for form in WRITERS:
        for name, rows in (("odd", _half(halves, 1)), ("even", _half(halves, 0)), ("whole", session_batches(whole))):
            write_file(asked.to / f"{name}.{form}", form, "viewing_sessions", rows)
    report(**{path.name: path.stat().st_size / 2**20 for path in sorted(asked.to.iterdir())})


def _world(sessions: int, users: int) -> World:
    size = DemoSize(movies=2000, users=users, sessions=sessions, ratings=0, days=90)
    return build_world(Plan.ending(UNTIL, size, SEED))


def _half(world: World, odd: int) -> Iterator[pa.RecordBatch]:
    """Every other session; ids are numbered from 1 in the order of the batches."""
    first = 1
    for batch in session_batches(world):
        yield batch.take(pa.array(np.arange((first + odd + 1) % 2, batch.num_rows, 2)))
        first += batch.num_rows


if __name__ == "__main__":
    main()
