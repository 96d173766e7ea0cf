"""Step `spark`: each job from the snapshot to the swap on a warehouse of one size, charts again unchanged, and the
engine's own windows beside them.

    python -m tests.bench.spark --warehouse FOLDER
"""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from server.spark_jobs.job_runner import JobOutcome, JobRunner, Stage
from server.spark_jobs.jobs import JOBS
from tests.bench.figures import report, timed, warehouse_argument
from tests.integration.server.film_charts_sql import WINDOWS
from warehouse import Warehouse, open_warehouse
from warehouse.staging.storage import staging_place

# A job of ten million sessions takes minutes where the machine does something else, too.
_PATIENCE_S = 7_200.0


def main() -> None:
    """Run every job, then the charts again."""
    folder = warehouse_argument()
    figures: dict[str, float] = {}
    with open_warehouse(f"chdb://{folder}") as warehouse:
        for name in JOBS:
            with _peak_of_jobs() as peaks:
                seconds, done, started_s = _run(warehouse, folder, name)
            figures[f"{name}_s"] = seconds
            figures[f"{name}_rows_per_s"] = done.rows_read / seconds
            figures[f"{name}_peak_MiB"] = max(peaks, default=0) / 1024
            if name == "rankings":
                figures["session_start_s"] = started_s
                figures["rankings_again_s"], again, _ = _run(warehouse, folder, name)
                assert again.parts == 0
        spans: list[float] = []
        with timed(spans):
            warehouse.engine.command(f"CREATE TABLE by_windows ENGINE = Memory AS {WINDOWS}")
        figures["engines_windows_s"] = spans[0]
        warehouse.engine.command("DROP TABLE by_windows")
    for left in (f"{folder}-staging", f"{folder}-scratch"):
        shutil.rmtree(left, ignore_errors=True)
    report(**figures)


@contextmanager
def _peak_of_jobs() -> Iterator[list[int]]:
    """The peaks of memory, in KiB, of a job's processes when looked at, twice a second; its JVM is one of them."""
    peaks: list[int] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.5):
            peaks.extend(_peaks_of_groups())

    watcher = threading.Thread(target=look, name="memory", daemon=True)
    watcher.start()
    try:
        yield peaks
    finally:
        over.set()
        watcher.join()


def _peaks_of_groups() -> Iterator[int]:
    """The peak so far of each process in a session that a child of this process began."""
    for status in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError, ValueError, LookupError):
            fields = status.with_name("stat").read_text().rpartition(")")[2].split()
            leader = Path(f"/proc/{fields[3]}/stat").read_text().rpartition(")")[2].split()
            if int(leader[1]) == os.getpid():
                told = dict(line.split(":", 1) for line in status.read_text().splitlines())
                yield int(told["VmHWM"].split()[0])


def _run(warehouse: Warehouse, folder: Path, name: str) -> tuple[float, JobOutcome, float]:
    """A job's seconds, what it did, and the seconds until its first stage of its own."""
    began: dict[str, float] = {}

    def note(stage: Stage) -> None:
        began.setdefault(stage.line.split()[0], time.perf_counter())

    place = staging_place(f"{folder}-staging")
    runner = JobRunner(warehouse, place, Path(f"{folder}-scratch"), _PATIENCE_S, report=note)
    start = time.perf_counter()
    done = runner.run(name)
    seconds = time.perf_counter() - start
    first = min((at for line, at in began.items() if at > began.get("started", 0)), default=start)
    return seconds, done, first - began.get("started", first)


if __name__ == "__main__":
    main()
