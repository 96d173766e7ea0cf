"""What can be asked: measures and dimensions with their labels and units, and the values that a dimension has."""

from typing import Annotated, Any

import strawberry

from schema.cache_id import cache_id
from schema.enums import ValuedDimension
from schema.scalars import Long
from warehouse.access import Strategy
from warehouse.model.measures import MEASURES, Unit

Field = Annotated[Any, strawberry.argument(graphql_type=ValuedDimension, description="The dimension.")]
Search = Annotated[
    str | None, strawberry.argument(description="Only values that contain this, whatever the case and accents.")
]


@strawberry.type(description="A way to group and filter.")
class Dimension:
    """Grain: one dimension of `viewing` or `rating`."""

    id: strawberry.ID = cache_id()
    name: str = strawberry.field(description="Its name as a field of rows and of filters: `ageBand`.")
    label: str = strawberry.field(description="Its name as people read it.")
    description: str = strawberry.field(description="What it is.")
    by: list[str] = strawberry.field(
        description="What `by` calls it: AGE_BAND; of time its grains; empty for `attribute`, which is grouped by "
        "`attributes`."
    )
    strategy: Strategy | None = strawberry.field(
        name="mask", description="How it is masked for you; null if you see it in clear."
    )
    has_values: bool = strawberry.field(description="Whether `dimensionValues` lists its values.")


@strawberry.type(description="A number that can be asked for.")
class Measure:
    """Grain: one measure of `viewing` or `rating`."""

    id: strawberry.ID = cache_id()
    name: str = strawberry.field(description="Its name as a field of rows and of `having`: `watchHours`.")
    root: str = strawberry.field(name="of", description="The root field whose rows have it: `viewing` or `rating`.")
    label: str = strawberry.field(description="Its name as people read it.")
    description: str = strawberry.field(description="What it counts.")
    unit: Unit = strawberry.field(description="The unit of its values.")
    dimensions: list[str] = strawberry.field(description="The names of the dimensions that it can be grouped by.")


@strawberry.type(description="What you can ask of `viewing` and `rating`.")
class Metrics:
    """One object; the same for everybody with the same rights."""

    id: strawberry.ID = cache_id()
    measures: list[Measure] = strawberry.field(description="The measures.")
    dimensions: list[Dimension] = strawberry.field(description="The dimensions that you may use.")


@strawberry.type(description="A value that a dimension has.")
class DimensionValue:
    """Grain: one value, as the asker sees it."""

    id: strawberry.ID = cache_id()
    value: str = strawberry.field(description="The value, as filters take it.")
    views: Long = strawberry.field(description=MEASURES["views"].description)
