"""What Spark's jobs left, taken in and read by the embedded engine and by a server: nothing before a job has run, and
then the same rows from both.
"""

from pathlib import Path

import pytest

from tests.integration.marked_files import told_of, write_marked
from tests.integration.resolvers import computed, world
from tests.integration.resolvers.world import FILMS, PEOPLE
from warehouse import Warehouse
from warehouse.access import SYSTEM
from warehouse.spark_results.churn import calibration, churn_risk
from warehouse.spark_results.forecast import forecast
from warehouse.spark_results.geography import countries, distances, travellers
from warehouse.spark_results.patterns import PatternBy, patterns
from warehouse.spark_results.quality_windows import alerts
from warehouse.spark_results.recommendations import recommendations, similar_movies
from warehouse.spark_results.reports import reports
from warehouse.staging.load_result import take_in
from warehouse.staging.results import RESULT_TABLES, Result
from warehouse.staging.storage import Place


def everything(warehouse: Warehouse) -> dict[str, list[object]]:
    """What each family tells the service itself."""
    user, film = PEOPLE[0].id, FILMS[0].id
    return {
        "patterns": [row for by in PatternBy for row in patterns(warehouse.engine, by, None, SYSTEM)],
        "countries": list(countries(warehouse.engine, SYSTEM)),
        "distances": list(distances(warehouse.engine, SYSTEM)),
        "travellers": list(travellers(warehouse.engine, 5, SYSTEM) or ()),
        "recommendations": list(recommendations(warehouse.engine, user, 5, SYSTEM)),
        "similar": list(similar_movies(warehouse.engine, film, 5, SYSTEM)),
        "churn": list(churn_risk(warehouse.engine, 5, SYSTEM)),
        "calibration": list(calibration(warehouse.engine, SYSTEM)),
        "forecast": list(forecast(warehouse.engine, None, SYSTEM)),
        "alerts": list(alerts(warehouse.engine, 5, None, None, SYSTEM)),
        "reports": list(reports(warehouse.engine, SYSTEM)),
    }


def take_results(warehouse: Warehouse, folder: Path) -> None:
    """Put in place what the jobs but `rankings` leave as Parquet, in the types that Spark has."""
    results = computed.results(warehouse)
    for table, rows in results.items():
        write_marked(folder / table / "part-0.parquet", rows, "test")
    told = told_of("test", **results)
    for job, tables in RESULT_TABLES.items():
        if set(tables) <= computed.ROWS.keys():
            take_in(warehouse.engine, warehouse.data_lock, Place(str(folder)), Result(job, "", "of the test"), told)


@pytest.mark.slow
def test_nothing_is_told_before_a_job_has_run_and_its_rows_afterwards(warehouse: Warehouse, tmp_path: Path) -> None:
    assert not any(everything(warehouse).values())
    world.load(warehouse)
    assert not any(everything(warehouse).values())
    take_results(warehouse, tmp_path / "out")
    found = everything(warehouse)
    assert {name: len(rows) for name, rows in found.items()} == {
        "patterns": 1 + 4 + 4 + 4,
        "countries": 3,
        "distances": 6,
        "travellers": 3,
        "recommendations": 3,
        "similar": 2,
        "churn": 3,
        "calibration": 2,
        "forecast": 3,
        "alerts": 4,
        "reports": 4,
    }
    first = churn_risk(warehouse.engine, 1, SYSTEM)[0]
    newest = alerts(warehouse.engine, 1, None, None, SYSTEM)[0]
    assert (newest.start.isoformat(), newest.end.isoformat()) == ("2026-04-10T18:00:00", "2026-04-10T18:10:00")
    assert (first.probability, {one.name: one.value for one in first.features}) == (
        0.875,
        {"days_since_last": 21.0, "sessions_30d": 1.0},
    )
