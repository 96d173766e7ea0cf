"""Step `ingest`: session files by Marquee's own load, or by the engine's bare INSERT ... SELECT FROM file(...).

Both fill the same tables with the same rollups, one file after the other, in a fresh warehouse that has the films and
users. The bare one reads the file, rounds, and inserts: no validation, no keys, no search for repeats, no ledger.
"""

import argparse
import time
from pathlib import Path

from ingest.loading.load_files import load_files
from ingest.progress import silent
from tests.bench.figures import peak_mib, report, timed
from warehouse import Warehouse, open_warehouse

# Told to the engine so that it need not guess, and reads decimals as floats, times as instants.
STRUCTURE = (
    "id UInt64, user_id UInt32, movie_id UInt32, start_time DateTime(''UTC''), watch_duration_minutes Float64, "
    "completion_rate Float64, device_type String, quality String, buffering_count UInt16"
)
FORMATS = {"parquet": "Parquet", "csv": "CSVWithNames", "ndjson": "JSONEachRow"}
# The generator numbers users and films from 1 in the order of their files, as dense keys are given.
BARE = """
INSERT INTO viewing_sessions_staging
SELECT toUInt128(id), user_id, movie_id, start_time,
    toUInt32(round(watch_duration_minutes * 10000)), toUInt32(round(completion_rate * 1000000)),
    device_type, quality, buffering_count, map(), 1
FROM file('{file}', '{form}', '{structure}')
"""


def main() -> None:
    """Load, and report the last file's rate and processor time, and the process's peak of memory."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=Path, required=True)
    parser.add_argument("--warehouse", type=Path, required=True)
    parser.add_argument("--bare", action="store_true")
    parser.add_argument("sessions", nargs="+")
    asked = parser.parse_args()
    with open_warehouse(f"chdb://{asked.warehouse}") as warehouse:
        for table in ("movies", "users"):
            _load(warehouse, table, asked.files / f"{table}.parquet")
        for name in asked.sessions:
            seconds: list[float] = []
            began_s = time.process_time()
            with timed(seconds):
                rows = (_bare if asked.bare else _load)(warehouse, "viewing_sessions", asked.files / name)
    cpu_s = time.process_time() - began_s
    report(rows_per_s=rows / seconds[0], seconds=seconds[0], cpu_s=cpu_s, peak_MiB=peak_mib())


def _load(warehouse: Warehouse, table: str, file: Path) -> int:
    done = load_files(warehouse, table, [(str(file), file)], silent)
    if done.refused or done.accepted != done.rows:
        raise SystemExit(f"{file}: {done.sentence()} {done.refused}")
    return done.accepted


def _bare(warehouse: Warehouse, table: str, file: Path) -> int:
    counted = f"SELECT count() FROM {table}_staging"
    before = warehouse.engine.query(counted).scalar()
    sql = BARE.format(file=file, form=FORMATS[file.suffix[1:]], structure=STRUCTURE)
    warehouse.engine.command(sql, date_time_input_format="best_effort")
    added: int = warehouse.engine.query(counted).scalar() - before
    return added


if __name__ == "__main__":
    main()
