"""What a job left takes the place of what was there whole, part by part, or not at all: also when processes die."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.integration.warehouse.victims import Death, Killed, Succession, Victim
from warehouse import Warehouse
from warehouse.errors import Unavailable
from warehouse.staging.load_result import take_in, take_out
from warehouse.staging.place import Place
from warehouse.staging.results import Result, results_of

CHART = {"period": "MONTH", "by": "ALL", "value": "", "views": 5, "rank": 1, "dense_rank": 1, "row_number": 1}
REACH = {"movie_key": 1, "viewers": 2, "active_viewers": 4, "rank": 1}


def left(folder: Path, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """What a job leaves of a table: a folder of Parquet, and the sign that it is whole."""
    (folder / table).mkdir(parents=True, exist_ok=True)
    for file in (folder / table).glob("*.parquet"):
        file.unlink()
    pq.write_table(pa.Table.from_pylist([dict(row) for row in rows]), folder / table / "part-0.parquet")


def chart(month: int, film: int, **other: Any) -> Mapping[str, Any]:
    return {**CHART, "period_start": date(2026, month, 1), "movie_key": film, "complete": True, **other}


def geography(folder: Path, views: int) -> None:
    """The three tables of one job, each of which tells from which run it is."""
    left(folder, "country_reach", [{**REACH, "country": "US", "views": views}])
    left(folder, "country_distances", [{"country": "US", "other": "DE", "distance": float(views)}])
    film = {"movie_key": 1, "home": "US", "countries": 2, "abroad_share": 0.5, "evenness": 0.5, "rank": 1}
    left(folder, "travelling_movies", [{**film, "views": views}])


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
    geography(Path(folder), views)
    return take_in(warehouse.engine, warehouse.data_lock, Place(folder), Result("geography", "", str(views)))


def test_a_part_takes_the_place_of_its_own_and_no_other(warehouse: Warehouse, tmp_path: Path) -> None:
    out = Place(str(tmp_path / "out"))
    for month, film in ((2, 20), (3, 30)):
        left(tmp_path / "out", "movie_rankings", [chart(month, film)])
        assert take_in(warehouse.engine, warehouse.data_lock, out, Result("rankings", f"20260{month}", "first")) == 1
    left(tmp_path / "out", "movie_rankings", [chart(3, 31), chart(3, 32, row_number=2)])
    assert take_in(warehouse.engine, warehouse.data_lock, out, Result("rankings", "202603", "second")) == 2
    assert films(warehouse) == [(2, 20), (3, 31), (3, 32)]
    known = results_of(warehouse.engine, "rankings")
    assert {part: (one.fingerprint, one.rows) for part, one in known.items()} == {
        "202602": ("first", 1),
        "202603": ("second", 2),
    }
    take_out(warehouse.engine, warehouse.data_lock, Result("rankings", "202603", ""))
    assert films(warehouse) == [(2, 20)]


def test_a_part_without_rows_becomes_empty(warehouse: Warehouse, tmp_path: Path) -> None:
    out = Place(str(tmp_path / "out"))
    left(tmp_path / "out", "movie_rankings", [chart(3, 30)])
    take_in(warehouse.engine, warehouse.data_lock, out, Result("rankings", "202603", "first"))
    for file in (tmp_path / "out" / "movie_rankings").iterdir():
        file.unlink()
    (tmp_path / "out" / "movie_rankings" / "_SUCCESS").touch()
    assert take_in(warehouse.engine, warehouse.data_lock, out, Result("rankings", "202603", "second")) == 0
    assert films(warehouse) == []


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([chart(4, 40)], r"left rows of 202604 for 202603 in movie_rankings\. What was there before stays\."),
        ([{"period": "MONTH"}], r"left rows that movie_rankings does not take\. What was there before stays\."),
        (None, r"left nothing for movie_rankings in .*\. What was there before stays\."),
    ],
)
def test_what_does_not_fit_changes_nothing(
    warehouse: Warehouse, tmp_path: Path, rows: Sequence[Mapping[str, Any]] | None, sentence: str
) -> None:
    left(tmp_path / "out", "movie_rankings", [chart(3, 30)])
    take_in(warehouse.engine, warehouse.data_lock, Place(str(tmp_path / "out")), Result("rankings", "202603", "first"))
    if rows is not None:
        left(tmp_path / "other", "movie_rankings", rows)
    with pytest.raises(Unavailable, match=sentence):
        take_in(
            warehouse.engine,
            warehouse.data_lock,
            Place(str(tmp_path / "other")),
            Result("rankings", "202603", "second"),
        )
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
