"""Step `load`: sessions from a Parquet file, by Marquee's own load or by the engine's bare INSERT ... SELECT.

Both fill the same tables with the same rollups in a fresh warehouse that has the films and users.
"""

import argparse
from pathlib import Path

from ingest.loading.load_files import load_files
from ingest.progress import silent
from tests.bench.figures import peak_mib, report, timed
from warehouse import Warehouse, open_warehouse

# The generator numbers users and films from 1 in the order of their files, as dense keys are given.
BARE = """
INSERT INTO viewing_sessions_staging
SELECT toUInt128(id), toUInt32(user_id), toUInt32(movie_id), start_time,
    toUInt32(round(watch_duration_minutes * 10000)), toUInt32(round(completion_rate * 1000000)),
    device_type, quality, buffering_count, '{{}}', 1
FROM file('{file}')
"""


def main() -> None:
    """Load."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=Path, required=True)
    parser.add_argument("--warehouse", type=Path, required=True)
    parser.add_argument("--bare", action="store_true")
    asked = parser.parse_args()
    sessions = asked.files / "viewing_sessions.parquet"
    seconds: list[float] = []
    with open_warehouse(f"chdb://{asked.warehouse}") as warehouse:
        for table in ("movies", "users", "ratings"):
            _load(warehouse, table, asked.files / f"{table}.parquet")
        with timed(seconds):
            if asked.bare:
                warehouse.engine.command(BARE.format(file=sessions))
            else:
                _load(warehouse, "viewing_sessions", sessions)
        table = "viewing_sessions_staging" if asked.bare else "viewing_sessions"
        rows = warehouse.engine.query(f"SELECT count() FROM {table}").scalar()
    report(rows_per_s=rows / seconds[0], seconds=seconds[0], peak_MiB=peak_mib())


def _load(warehouse: Warehouse, table: str, file: Path) -> None:
    done = load_files(warehouse, table, [(str(file), file)], silent)
    if done.refused:
        raise SystemExit(f"{file} was refused: {done.refused[0]}")


if __name__ == "__main__":
    main()
