"""Arguments that many root fields share."""

from typing import Annotated, Any

import strawberry

from schema.inputs import (
    AuditFilter,
    AuditOrder,
    MovieFilter,
    MovieOrder,
    RatingFilter,
    RatingHaving,
    RatingOrder,
    RatingTop,
    TimeRange,
    UserFilter,
    UserOrder,
    ViewingFilter,
    ViewingHaving,
    ViewingOrder,
    ViewingTop,
)
from schema.scalars import Moment, TimeZone

UTC = TimeZone("UTC")

Range = Annotated[TimeRange | None, strawberry.argument(description="Default: the last 90 days of data.")]
Zone = Annotated[TimeZone, strawberry.argument(description="The time zone of days and hours.")]
Limit = Annotated[
    int | None,
    strawberry.argument(description="The maximum number of rows; by default all, or an error if there are too many."),
]
Most = Annotated[int, strawberry.argument(description="The maximum number of rows.")]
First = Annotated[int, strawberry.argument(description="The page size; read the next page with `after`.")]
After = Annotated[str | None, strawberry.argument(description="The `pageInfo.endCursor` of the previous page.")]
Fill = Annotated[
    bool, strawberry.argument(description="Return a row for every bucket of `time`, including empty ones.")
]
AsOf = Annotated[
    Moment | None,
    strawberry.argument(description="Answer as of this moment, from the loads and attributes known then."),
]

# Generated from the model, so type annotations can't name them.
ViewingWhere = Annotated[Any, strawberry.argument(graphql_type=ViewingFilter | None)]
ViewingTests = Annotated[Any, strawberry.argument(graphql_type=ViewingHaving | None)]
ViewingTops = Annotated[Any, strawberry.argument(graphql_type=ViewingTop | None)]
ViewingOrders = Annotated[Any, strawberry.argument(graphql_type=list[ViewingOrder] | None)]
RatingWhere = Annotated[Any, strawberry.argument(graphql_type=RatingFilter | None)]
RatingTests = Annotated[Any, strawberry.argument(graphql_type=RatingHaving | None)]
RatingTops = Annotated[Any, strawberry.argument(graphql_type=RatingTop | None)]
RatingOrders = Annotated[Any, strawberry.argument(graphql_type=list[RatingOrder] | None)]
AuditWhere = Annotated[Any, strawberry.argument(graphql_type=AuditFilter | None)]
AuditSort = Annotated[Any, strawberry.argument(graphql_type=AuditOrder | None, description="Default: newest first.")]
UserWhere = Annotated[Any, strawberry.argument(graphql_type=UserFilter | None)]
UserSort = Annotated[Any, strawberry.argument(graphql_type=UserOrder | None)]
MovieWhere = Annotated[Any, strawberry.argument(graphql_type=MovieFilter | None)]
MovieSort = Annotated[Any, strawberry.argument(graphql_type=MovieOrder | None)]
