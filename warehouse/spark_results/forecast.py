"""Forecast views per genre and day, with an interval. They use the weekdays of all genres, so no scope can read
them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from warehouse.access import Access
from warehouse.engine.engine import Engine
from warehouse.errors import Forbidden
from warehouse.model.columns import Kind, lacking, named_sql, stored_columns
from warehouse.query.collation import order_sql
from warehouse.query.masked_source import Source, read
from warehouse.query.parameters import Parameters
from warehouse.spark_results.result_queries import check_rows

JOB = "forecast"
FORECAST = Source(
    "the forecast",
    "view_forecast",
    MappingProxyType(
        {
            "genre": lacking("genre", "genre", "genre"),
            **stored_columns(day=Kind.DATE, views=Kind.NUMBER, low=Kind.NUMBER, high=Kind.NUMBER, by_model=Kind.NUMBER),
        }
    ),
)


@dataclass(frozen=True)
class ForecastDay:
    """One genre's forecast views on one future day, UTC; `low` to `high` is the 80 % interval. Without `by_model` it is
    last week's same day, which was closer on past days.
    """

    genre: str | None
    day: date
    views: float
    low: float
    high: float
    by_model: bool


def forecast(engine: Engine, genre: str | None, access: Access) -> Sequence[ForecastDay]:
    """The forecast days of one genre, or of all that the asker sees; empty for an unknown genre, and before the job has
    run.

    Raises: Forbidden under a scope, unless the policy released the job: then a scope of genres shows those.
    """
    if access.scope and JOB not in access.released:
        raise Forbidden("Forecasts are made with the weekdays of all genres; your token is limited to some rows.")
    parameters = Parameters()
    genres = {slug: values for slug, values in access.scope.items() if slug == "genre"}
    source = read(FORECAST, FORECAST.columns, replace(access, scope=genres), parameters)
    wanted = "" if genre is None else f" WHERE {named_sql('genre')} = {parameters.add(genre, 'String')}"
    found = engine.query(
        f"SELECT genre, day, views, low, high, by_model FROM {source}{wanted} ORDER BY {order_sql('genre')}, day "
        f"LIMIT {parameters.add(access.max_rows + 1, 'UInt64')}",
        parameters.values,
    )
    check_rows(len(found.rows), access, "days of genres")
    return [ForecastDay(*row) for row in found.rows]
