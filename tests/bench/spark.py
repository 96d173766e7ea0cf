"""Step `spark`: film charts by the job `rankings`, from the snapshot to the swap, beside the engine's own windows."""

import resource
import time
from pathlib import Path

from server.spark_jobs.job_runner import JobRunner, Stage
from tests.bench.figures import report, timed, warehouse_argument
from tests.integration.server.windows import WINDOWS
from warehouse import open_warehouse
from warehouse.staging.place import staging_place


def main() -> None:
    """Rank, and rank again."""
    folder = warehouse_argument()
    began: dict[str, float] = {}
    spans: list[float] = []

    def note(stage: Stage) -> None:
        began.setdefault(stage.line.split()[0], time.perf_counter())

    with open_warehouse(f"chdb://{folder}") as warehouse:
        place = staging_place(f"{folder}-staging")
        runner = JobRunner(warehouse, place, Path(f"{folder}-scratch"), report=note)
        with timed(spans):
            done = runner.run("rankings")
        ended = time.perf_counter()
        with timed(spans):
            again = runner.run("rankings")
        with timed(spans):
            warehouse.engine.command(f"CREATE TABLE by_windows ENGINE = Memory AS {WINDOWS}")
    start_s = began["ranking"] - began["started"]
    report(
        rows_per_s=done.rows_read / (spans[0] - start_s),
        seconds=spans[0] - start_s,
        session_start_s=start_s,
        snapshot_s=began["starting"] - began["looking"],
        ranking_s=ended - began["ranking"],
        second_run_s=spans[1],
        second_run_parts=again.parts,
        engines_windows_s=spans[2],
        peak_MiB=resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    )


if __name__ == "__main__":
    main()
