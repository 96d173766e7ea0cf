"""`rankings`: film charts computed by a Spark job."""

from typing import Annotated, Any

import strawberry

from resolvers.cache_ids import Identity
from resolvers.cells import Cells
from resolvers.context import context_of, note_ages
from resolvers.nodes import FILM_ID, movie_cells, without_id
from resolvers.selection import selection_of
from resolvers.strawberry_internals import raw
from resolvers.unknown_values import note_argument
from schema.arguments import Most
from schema.enums import RankingBy, RankingPeriod
from schema.scalars import Date
from warehouse.model.countries import country_code
from warehouse.query.instants import day_of
from warehouse.spark_results.rankings import Chart, chart

Period = Annotated[RankingPeriod, strawberry.argument(description="The length of the chart.")]
Start = Annotated[
    Date | None, strawberry.argument(description="The first day; default: of the newest complete period.")
]
ChartOf = Annotated[RankingBy, strawberry.argument(description="Whose chart.")]
OfValue = Annotated[str | None, strawberry.argument(description="The genre, country or device, with `by`.")]


async def rankings(
    info: strawberry.Info,
    period: Period = RankingPeriod.WEEK,
    start: Start = None,
    by: ChartOf = RankingBy.ALL,
    value: OfValue = None,
    limit: Most = 10,
) -> Cells:
    """A film chart, best first; by default of the newest complete period. Empty until `marquee spark rankings` has
    run."""
    context, asked = context_of(info), selection_of(raw(info))
    selected = asked.children
    await note_ages(context, raw(info), "rankings")
    if by is RankingBy.COUNTRY and value:
        value = country_code(value)
    request = Chart(period.value, by.value, value or "", day_of(start) if start else None, limit)
    places = await context.work(lambda: chart(context.warehouse.engine, request, context.access))
    if value and not places:
        await note_argument(context, raw(info), by.value.lower(), value, "value")
    wanted = tuple(each for one in selected if one.name == "movie" for each in one.children)
    films = await movie_cells(context, (place.movie_key for place in places), (*wanted, FILM_ID))
    identity = Identity(asked.name, sorted(asked.arguments.items(), key=str))
    rows: list[dict[str, Any]] = [
        {
            "start": place.start.isoformat(),
            "rank": place.rank,
            "dense_rank": place.dense_rank,
            "previous_rank": place.previous_rank,
            "peak_rank": place.peak_rank,
            "periods_on_chart": place.periods_on_chart,
            "views": place.views,
            "movie": without_id(films[place.movie_key]) if place.movie_key in films else None,
            "id": identity.of(str(place.start), films.get(place.movie_key, {}).get(FILM_ID.key)),
        }
        for place in places
    ]
    return Cells([{one.key: row.get(one.name, one.type_name) for one in selected} for row in rows])
