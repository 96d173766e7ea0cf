"""What a job left takes the place of what was there whole, part by part, or not at all: also when processes die."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.integration.marked_files import Rows, geography_rows, told_of, write_marked
from tests.integration.warehouse.killable_process import Death, Killed, Succession, Victim
from warehouse import Warehouse
from warehouse.errors import Unavailable
from warehouse.staging.job_output import RUN_MARK, SPARK_SCHEMA, Told
from warehouse.staging.load_result import take_in, take_out
from warehouse.staging.results import Result, results_of
from warehouse.staging.storage import Place

pytestmark = pytest.mark.slow

CHART = {"period": "MONTH", "by": "ALL", "value": "", "views": 5, "rank": 1, "dense_rank": 1, "row_number": 1}


def chart(month: int, film: int, **other: Any) -> Mapping[str, Any]:
    return {**CHART, "period_start": date(2026, month, 1), "movie_key": film, "complete": True, **other}


def take_charts(warehouse: Warehouse, folder: Path, part: str, run: str, *rows: Mapping[str, Any]) -> int:
    """Take in what a job left of a month, in a folder of its run."""
    write_marked(folder / run / "movie_rankings" / f"part={part}" / "part-0.parquet", rows, run)
    place, told = Place(str(folder / run)), told_of(run, movie_rankings=rows)
    return take_in(warehouse.engine, warehouse.data_lock, place, Result("rankings", part, run), told)


def films(warehouse: Warehouse) -> list[tuple[int, int]]:
    found = warehouse.engine.query("SELECT toMonth(period_start), movie_key FROM movie_rankings ORDER BY ALL")
    return [(month, film) for month, film in found.rows]


def shown(warehouse: Warehouse) -> tuple[int, int, int]:
    """From which run the rows of each of the three tables are; one row each."""
    (reach,) = warehouse.engine.query("SELECT views FROM country_reach").rows
    (distance,) = warehouse.engine.query("SELECT distance FROM country_distances").rows
    (film,) = warehouse.engine.query("SELECT views FROM travelling_movies").rows
    return int(reach[0]), int(distance[0]), int(film[0])


def run(warehouse: Warehouse, folder: str, views: int) -> int:
    """What a pipeline does when a job is done."""
    tables, mark = geography_rows(views), str(views)
    for table, rows in tables.items():
        write_marked(Path(folder) / mark / table / "part-0.parquet", rows, mark)
    place, result = Place(f"{folder}/{mark}"), Result("geography", "", mark)
    return take_in(warehouse.engine, warehouse.data_lock, place, result, told_of(mark, **tables))


def test_a_part_takes_the_place_of_its_own_and_no_other(warehouse: Warehouse, tmp_path: Path) -> None:
    for month, film in ((2, 20), (3, 30)):
        assert take_charts(warehouse, tmp_path, f"20260{month}", "first", chart(month, film)) == 1
    assert take_charts(warehouse, tmp_path, "202603", "second", chart(3, 31), chart(3, 32, row_number=2)) == 2
    assert films(warehouse) == [(2, 20), (3, 31), (3, 32)]
    known = results_of(warehouse.engine, "rankings")
    assert {part: (one.fingerprint, one.rows) for part, one in known.items()} == {
        "202602": ("first", 1),
        "202603": ("second", 2),
    }
    take_out(warehouse.engine, warehouse.data_lock, Result("rankings", "202603", ""))
    assert films(warehouse) == [(2, 20)]


def test_a_part_without_rows_becomes_empty(warehouse: Warehouse, tmp_path: Path) -> None:
    take_charts(warehouse, tmp_path, "202603", "first", chart(3, 30))
    result, told = Result("rankings", "202603", "second"), told_of("second", movie_rankings=[])
    # Spark makes no folder for a part without rows.
    assert take_in(warehouse.engine, warehouse.data_lock, Place(str(tmp_path / "none")), result, told) == 0
    assert films(warehouse) == []


FIRST, SECOND = [chart(3, 30)], [chart(3, 31)]


@pytest.mark.parametrize(
    ("rows", "told", "sentence"),
    [
        ([chart(4, 40)], [chart(4, 40)], r"left rows of 202604 for 202603 in movie_rankings\."),
        ([{"period": "MONTH"}], [{"period": "MONTH"}], r"left rows that do not fit movie_rankings\."),
        (None, SECOND, r"The files of movie_rankings in .* have 0 rows, and the job reported 1\."),
        # What two runs that share a folder leave.
        ([*SECOND, *SECOND], SECOND, r"have 2 rows, and the job reported 1\."),
        (SECOND, [{**SECOND[0], "more": 1}], r"has other columns than the job reported\."),
        (SECOND, [{**SECOND[0], "views": 1.5}], r"has other columns than the job reported\."),
    ],
)
def test_what_does_not_fit_changes_nothing(
    warehouse: Warehouse, tmp_path: Path, rows: Rows | None, told: Rows, sentence: str
) -> None:
    take_charts(warehouse, tmp_path, "202603", "first", *FIRST)
    if rows is not None:
        write_marked(tmp_path / "other" / "movie_rankings" / "part=202603" / "part-0.parquet", rows, "second")
    refused(warehouse, tmp_path / "other", told_of("second", movie_rankings=told), sentence)


def test_another_runs_file_among_them_changes_nothing(warehouse: Warehouse, tmp_path: Path) -> None:
    take_charts(warehouse, tmp_path, "202603", "first", *FIRST)
    folder = tmp_path / "other" / "movie_rankings" / "part=202603"
    write_marked(folder / "part-0.parquet", SECOND, "second")
    write_marked(folder / "part-1.parquet", SECOND, "third")
    told = told_of("second", movie_rankings=[*SECOND, *SECOND])
    refused(warehouse, tmp_path / "other", told, r"part-1\.parquet in .* is of the run third, and not of second\.")
    # Nor one that nobody marked.
    pq.write_table(pa.Table.from_pylist([dict(SECOND[0])]), folder / "part-1.parquet")
    refused(warehouse, tmp_path / "other", told, r"part-1\.parquet in .* is of the run \?, and not of second\.")
    (folder / "part-1.parquet").write_bytes(b"PAR1")
    refused(warehouse, tmp_path / "other", told, r"part-1\.parquet is not whole")


def refused(warehouse: Warehouse, folder: Path, told: Told, sentence: str) -> None:
    """Offer a second result of March, which is refused, and see that the first stays."""
    result = Result("rankings", "202603", "second")
    with pytest.raises(Unavailable, match=sentence):
        take_in(warehouse.engine, warehouse.data_lock, Place(str(folder)), result, told)
    assert films(warehouse) == [(3, 30)]
    assert results_of(warehouse.engine, "rankings")["202603"].fingerprint == "first"
    assert warehouse.engine.query("SHOW TABLES LIKE '%_computed'").rows == []


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Succession]:
    with Succession(f"chdb://{tmp_path_factory.mktemp('killed') / 'warehouse'}") as made:
        yield made


@pytest.mark.parametrize(
    ("deaths", "shows"),
    [
        ([Death("INSERT INTO country_distances_computed")], "before"),
        ([Death("INSERT INTO spark_results")], "before"),
        ([Death("INSERT INTO spark_results", after=True)], "after"),
        ([Death("ALTER TABLE country_reach")], "after"),
        ([Death("ALTER TABLE country_distances", after=True)], "after"),
        ([Death("ALTER TABLE country_reach"), Death("ALTER TABLE travelling_movies")], "after"),
        ([Death("INSERT INTO spark_results", 2)], "after"),
        ([Death("DROP TABLE IF EXISTS country_distances_computed")], "after"),
    ],
    ids=lambda value: " then ".join(map(str, value)) if isinstance(value, list) else value,
)
def test_processes_that_die_leave_all_tables_of_one_run(
    scene: Succession, tmp_path: Path, deaths: list[Death], shows: str
) -> None:
    scene.victim.ask(run, str(tmp_path / "out"), 1)
    with pytest.raises(Killed):
        scene.victim.ask(run, str(tmp_path / "out"), 2, death=deaths[0])
    for death in deaths[1:]:
        with Victim(scene.address, death) as successor, pytest.raises(Killed):
            successor.opened()
    scene.victim = Victim(scene.address).opened()
    assert scene.victim.ask(shown) == ((1, 1, 1) if shows == "before" else (2, 2, 2))
    assert scene.victim.ask(leftovers) == []


def leftovers(warehouse: Warehouse) -> list[Any]:
    """Tables that a swap made and did not drop."""
    return list(warehouse.engine.query("SHOW TABLES LIKE '%_computed'").rows)


def test_that_spark_writes_every_value_as_one_that_may_lack_is_no_other_column(tmp_path: Path) -> None:
    kind = {"type": "map", "keyType": "string", "valueType": "double"}
    columns = [["user_key", "long"], ["features", {**kind, "valueContainsNull": False}]]
    told = Told.of({"run": "first", "tables": {"user_churn": {"rows": 1, "columns": columns}}})
    fields = [
        {"name": "user_key", "type": "long", "nullable": True, "metadata": {RUN_MARK: "first"}},
        {"name": "features", "type": {**kind, "valueContainsNull": True}, "nullable": True, "metadata": {}},
    ]
    rows = pa.table({"user_key": [1], "features": pa.array([[("a", 1.0)]], pa.map_(pa.string(), pa.float64()))})
    noted = {SPARK_SCHEMA: json.dumps({"type": "struct", "fields": fields}).encode()}
    (tmp_path / "user_churn").mkdir()
    pq.write_table(rows.replace_schema_metadata(noted), tmp_path / "user_churn" / "part-0.parquet")
    told.check(Place(str(tmp_path)), "user_churn", ["user_churn/part-0.parquet"])
