"""Film charts: one of the charts that Spark ranked, with its films' places in earlier charts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from warehouse.access import Access
from warehouse.engine.engine import Engine
from warehouse.errors import BadInput, Forbidden
from warehouse.query.parameters import Parameters
from warehouse.spark_results.result_queries import check_limit

_CHART_SCOPES = {"COUNTRY": "country", "GENRE": "genre"}


@dataclass(frozen=True)
class Chart:
    """Which chart: weeks or months, over all or by one value of a dimension, from which day (None: the newest
    complete).
    """

    period: str
    by: str
    value: str
    start: date | None
    limit: int


@dataclass(frozen=True)
class Place:
    """One film's place in a chart.

    `previous_rank` is its rank in the period right before, None if it was not in that chart. `peak_rank` is its best
    rank so far, and `periods_on_chart` the number of periods in which it was listed; both include this one and cover
    the charts that exist.
    """

    start: date
    rank: int
    dense_rank: int
    previous_rank: int | None
    peak_rank: int
    periods_on_chart: int
    movie_key: int
    views: int


def chart(engine: Engine, request: Chart, access: Access) -> Sequence[Place]:
    """One chart in its order; empty when the job has not run, or has no such chart.

    Raises: BadInput for a limit out of bounds or a value that does not go with `by`; Forbidden under a scope, except
    for a chart of one value inside it: other charts would reveal rows out of scope.
    """
    check_limit(request.limit, access)
    if (request.by == "ALL") == bool(request.value):
        raise BadInput("`value` goes with `by`: name one genre, country or device, or ask by ALL without a value.")
    closed = _is_closed(request, access)
    parameters = Parameters()
    same = " AND ".join(
        f"{name} = {parameters.add(value, 'String')}"
        for name, value in (("period", request.period), ("by", request.by), ("value", request.value))
    )
    newest = f"(SELECT max(period_start) FROM movie_rankings WHERE {same} AND {_over(same, closed)})"
    start = f"toDate({parameters.add(request.start.isoformat(), 'String')})" if request.start else newest
    limit = parameters.add(request.limit, "UInt32")
    found = engine.query(_chart_sql(request.period, same, start, limit), parameters.values)
    return [Place(*row) for row in found.rows]


def _chart_sql(period: str, same: str, start: str, limit: str) -> str:
    """SQL of the first places of the chart that starts on a day, with their films' places until then."""
    before = "start - 7" if period == "WEEK" else "start - INTERVAL 1 MONTH"
    place = "start, row_number, rank, dense_rank, movie_key, views"
    shown = (
        f"SELECT period_start AS start, row_number, rank, dense_rank, movie_key, views FROM movie_rankings "
        f"WHERE {same} AND period_start = {start} ORDER BY row_number LIMIT {limit}"
    )
    told = (
        f"SELECT movie_key, period_start, rank AS its_rank FROM movie_rankings WHERE {same} "
        f"AND period_start <= {start} AND movie_key IN (SELECT movie_key FROM shown)"
    )
    return (
        f"WITH shown AS ({shown}) SELECT start, rank, dense_rank, "
        f"nullIf(maxIf(its_rank, period_start = {before}), 0), min(its_rank), count(), movie_key, views "
        f"FROM shown INNER JOIN ({told}) AS told USING (movie_key) GROUP BY {place} ORDER BY row_number"
    )


def _is_closed(request: Chart, access: Access) -> bool:
    """Whether the asker sees only this chart's sessions, because their scope is limited to its value.

    Raises: Forbidden for any other chart.
    """
    if not access.scope or "rankings" in access.released:
        return False
    if set(access.scope) != {_CHART_SCOPES.get(request.by)}:
        raise Forbidden("Charts are computed over all viewers; your token is limited to some of them.")
    if request.value not in access.scope[_CHART_SCOPES[request.by]]:
        raise Forbidden(f"Your token does not reach the chart of {request.value}.")
    return True


def _over(same: str, closed: bool) -> str:
    """SQL of whether the period is over. The job decides it by everybody's sessions. For an asker whose scope closes
    other sessions, it is over when this chart has a later period.
    """
    return f"period_start < (SELECT max(period_start) FROM movie_rankings WHERE {same})" if closed else "complete"
