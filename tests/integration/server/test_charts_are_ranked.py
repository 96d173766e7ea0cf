"""Charts by the whole way, on real Spark: each place equals a plain recount and an independent window query of the
engine, and the API tells what a film was before.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from schema.access_policy import access_of
from schema.roles import Role
from server.spark_jobs.job_runner import JobRunner
from tests.integration.resolvers.world import SESSIONS, SMALL, load
from tests.integration.server.film_charts_sql import WINDOWS
from warehouse import Warehouse, ids, open_warehouse
from warehouse.spark_results.rankings import Chart, chart
from warehouse.staging.storage import staging_place

pytestmark = pytest.mark.slow

EVERYBODY = access_of("ada", Role.ADMIN, {})
THROUGH = max(session.start for session in SESSIONS)


@pytest.fixture(scope="module")
def ranked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A warehouse with its charts."""
    folder = tmp_path_factory.mktemp("ranked")
    with open_warehouse(f"chdb://{folder / 'warehouse'}") as warehouse:
        load(warehouse)
        JobRunner(warehouse, staging_place(str(folder / "staging")), folder / "scratch").run("rankings")
        yield warehouse


def test_every_place_equals_the_engines_own_windows(ranked: Warehouse) -> None:
    columns = "period, period_start, by, value, movie_key, views, rank, dense_rank"
    stored = ranked.engine.query(f"SELECT {columns} FROM movie_rankings ORDER BY ALL").rows
    assert len(stored) > 500
    assert [tuple(row) for row in stored] == [tuple(row) for row in ranked.engine.query(WINDOWS).rows]


def monday(moment: datetime) -> date:
    return moment.date() - timedelta(days=moment.weekday())


def test_a_chart_tells_what_its_films_were_before(ranked: Warehouse) -> None:
    weeks: dict[date, Counter[str]] = {}
    for session in SESSIONS:
        weeks.setdefault(monday(session.start), Counter())[session.film.id] += 1
    titles = {film.id: film.title for film in SMALL.films}
    ranks = {
        week: {film: 1 + sum(other > views for other in counts.values()) for film, views in counts.items()}
        for week, counts in weeks.items()
    }
    keys = {key: ids.to_text(film) for key, film in ranked.engine.query("SELECT movie_key, id FROM movies").rows}
    # The last week that is over when the newest session starts.
    newest = max(
        week for week in weeks if datetime(week.year, week.month, week.day, tzinfo=UTC) + timedelta(7) <= THROUGH
    )
    assert [place.start for place in chart(ranked.engine, Chart("WEEK", "ALL", "", None, 1), EVERYBODY)] == [newest]
    for week, counts in weeks.items():
        places = chart(ranked.engine, Chart("WEEK", "ALL", "", week, 100), EVERYBODY)
        until = [earlier for earlier in sorted(weeks) if earlier <= week]
        order = sorted(counts, key=lambda film: (-counts[film], titles[film], film))
        assert [keys[place.movie_key] for place in places] == order
        assert [
            (place.views, place.rank, place.previous_rank, place.peak_rank, place.periods_on_chart) for place in places
        ] == [
            (
                counts[film],
                ranks[week][film],
                ranks.get(week - timedelta(7), {}).get(film),
                min(ranks[earlier][film] for earlier in until if film in ranks[earlier]),
                sum(film in ranks[earlier] for earlier in until),
            )
            for film in order
        ]
