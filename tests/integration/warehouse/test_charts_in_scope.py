"""Charts in scope: what a job computed over everybody tells a scoped asker of nobody else, not even how far others'
sessions reach.
"""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from schema.access_policy import access_of
from schema.roles import Role
from tests.integration.new_warehouse import lay
from warehouse import Warehouse, open_warehouse
from warehouse.spark_results.rankings import Chart, chart

WEEKS = [date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 16)]
NEWEST = Chart("WEEK", "COUNTRY", "DE", start=None, limit=10)
EVERYBODY = access_of("ada", Role.ADMIN, {})
SCOPED = access_of("ada", Role.ADMIN, {"country": ("DE",)})


def charted(warehouse: Warehouse, complete: list[bool]) -> None:
    """German charts of the weeks; `complete` is what the job said of each, by the newest session of all countries."""
    rows = pa.table(
        {
            "period": ["WEEK"] * len(complete),
            "period_start": WEEKS[: len(complete)],
            "by": ["COUNTRY"] * len(complete),
            "value": ["DE"] * len(complete),
            "movie_key": pa.array([7] * len(complete), pa.uint32()),
            "views": pa.array(range(1, len(complete) + 1), pa.uint64()),
            "rank": pa.array([1] * len(complete), pa.uint32()),
            "dense_rank": pa.array([1] * len(complete), pa.uint32()),
            "row_number": pa.array([1] * len(complete), pa.uint32()),
            "complete": complete,
        }
    )
    warehouse.engine.insert("movie_rankings", rows)


@pytest.mark.parametrize(
    ("complete", "everybody", "scoped"),
    [
        pytest.param([True, True, False], [WEEKS[1]], [WEEKS[1]], id="nobody elsewhere watched later"),
        pytest.param([True, True, True], [WEEKS[2]], [WEEKS[1]], id="somebody elsewhere did"),
        pytest.param([True], [WEEKS[0]], [], id="only elsewhere anybody watched later"),
    ],
)
def test_which_period_is_the_newest_complete_one_is_told_by_sessions_in_scope(
    complete: list[bool], everybody: list[date], scoped: list[date], tmp_path: Path
) -> None:
    with open_warehouse(lay(tmp_path / "warehouse")) as warehouse:
        charted(warehouse, complete)
        assert [place.start for place in chart(warehouse.engine, NEWEST, EVERYBODY)] == everybody
        assert [place.start for place in chart(warehouse.engine, NEWEST, SCOPED)] == scoped
