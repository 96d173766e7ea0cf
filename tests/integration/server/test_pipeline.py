"""The pipeline on real Spark: a result is swapped in when it is whole, and otherwise nothing changes."""

import threading
from pathlib import Path
from typing import cast
from unittest.mock import sentinel

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from server.pipeline import Job, Outcome, Pipeline
from spark import java
from warehouse.errors import BadInput, Overloaded, Unavailable
from warehouse.warehouse import Warehouse

WAREHOUSE = cast(Warehouse, sentinel.warehouse)


def write_snapshot(_: Warehouse, folder: Path) -> int:
    """Two views of one film, as ClickHouse writes them: the country is a FixedString."""
    tables = {
        "viewing_sessions": {
            "movie_key": pa.array([7, 7], pa.uint32()),
            "start_time": pa.array([1_772_400_000_000] * 2, pa.timestamp("ms", "UTC")),
            "device": pa.array(["TV", "TV"]),
            "country": pa.array([b"US", b"DE"], pa.binary(2)),
        },
        "movies": {"movie_key": pa.array([7], pa.uint32()), "movie_id": ["m"], "title": ["Dusk"], "genre": ["Drama"]},
    }
    for name, columns in tables.items():
        (folder / name).mkdir(parents=True)
        pq.write_table(pa.table(columns), folder / name / "part-0.parquet")
    return 2


def write_nothing(_: Warehouse, folder: Path) -> int:
    folder.mkdir(parents=True)
    return 0


class Swapped:
    """Stands for the warehouse's side of the swap, and remembers what it was given."""

    def __init__(self) -> None:
        self.rows: list[dict[str, object]] | None = None

    def __call__(self, _: Warehouse, folder: Path) -> int:
        self.rows = pq.read_table(folder).to_pylist()
        return len(self.rows)


def test_a_result_is_swapped_in_and_the_snapshot_is_gone(tmp_path: Path) -> None:
    swapped, stages = Swapped(), list[str]()
    jobs = {"rankings": Job("spark.jobs.rankings", write_snapshot, swapped)}
    outcome = Pipeline(WAREHOUSE, tmp_path, report=stages.append, jobs=jobs).run("rankings")
    assert (outcome.job, outcome.rows_read, outcome.rows_written) == ("rankings", 2, 10)
    assert swapped.rows is not None
    assert {row["value"] for row in swapped.rows if row["by"] == "COUNTRY"} == {"US", "DE"}
    assert stages[0] == "rankings: writing a snapshot"
    assert stages[-1] == "rankings: swapping the result in"
    assert list(tmp_path.iterdir()) == []


def test_a_job_that_fails_swaps_nothing_in(tmp_path: Path) -> None:
    swapped = Swapped()
    jobs = {"rankings": Job("spark.jobs.rankings", write_nothing, swapped)}
    with pytest.raises(Unavailable, match="no Parquet files to read there"):
        Pipeline(WAREHOUSE, tmp_path, jobs=jobs).run("rankings")
    assert swapped.rows is None
    assert list(tmp_path.iterdir()) == []


def test_a_second_run_is_refused_while_one_is_at_work(tmp_path: Path) -> None:
    exporting, go_on = threading.Event(), threading.Event()

    def slow_export(_: Warehouse, __: Path) -> int:
        exporting.set()
        go_on.wait(30)
        raise Unavailable("enough")

    busy = Pipeline(WAREHOUSE, tmp_path, jobs={"rankings": Job("spark.jobs.rankings", slow_export, Swapped())})
    ended: list[Outcome | Unavailable] = []

    def first() -> None:
        try:
            ended.append(busy.run("rankings"))
        except Unavailable as error:
            ended.append(error)

    thread = threading.Thread(target=first)
    thread.start()
    assert exporting.wait(30)
    with pytest.raises(Overloaded, match="running already"):
        busy.run("rankings")
    go_on.set()
    thread.join(30)
    assert [str(end) for end in ended] == ["enough"]


def test_an_unknown_job_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"There is no job weather\. Jobs: rankings\."):
        Pipeline(WAREHOUSE, tmp_path).run("weather")


def test_what_is_missing_is_said_before_anything_is_exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(java, "WHERE_SYSTEMS_KEEP_THEM", ())
    with pytest.raises(Unavailable, match=r"needs Java 17 or newer: install e\.g\. openjdk-17-jre-headless"):
        Pipeline(WAREHOUSE, tmp_path).run("rankings")
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(Unavailable, match=r"needs PySpark: install the extra `spark`"):
        Pipeline(WAREHOUSE, tmp_path).run("rankings")


def test_a_workspace_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match=r"can't be written to .*file/runs: Not a directory\.$"):
        Pipeline(WAREHOUSE, tmp_path / "file" / "runs").run("rankings")
