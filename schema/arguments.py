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

Range = Annotated[TimeRange | None, strawberry.argument(description="Without it: the last 90 days of data.")]
Zone = Annotated[TimeZone, strawberry.argument(description="Whose days and hours count.")]
Limit = Annotated[int | None, strawberry.argument(description="At most so many rows; without it all, or an error.")]
Most = Annotated[int, strawberry.argument(description="At most so many rows.")]
First = Annotated[int, strawberry.argument(description="How many rows of the list, a page; the rest by `after`.")]
After = Annotated[str | None, strawberry.argument(description="The `pageInfo.endCursor` of the page before.")]
Fill = Annotated[bool, strawberry.argument(description="Give every bucket of `time` a row, empty ones too.")]
AsOf = Annotated[
    Moment | None,
    strawberry.argument(description="Answer as it would have been answered then: loads and attributes known by then."),
]

# Made from the model, so that types can't name them.
ViewingWhere = Annotated[Any, strawberry.argument(graphql_type=ViewingFilter | None)]
ViewingTests = Annotated[Any, strawberry.argument(graphql_type=ViewingHaving | None)]
ViewingTops = Annotated[Any, strawberry.argument(graphql_type=ViewingTop | None)]
ViewingOrders = Annotated[Any, strawberry.argument(graphql_type=list[ViewingOrder] | None)]
RatingWhere = Annotated[Any, strawberry.argument(graphql_type=RatingFilter | None)]
RatingTests = Annotated[Any, strawberry.argument(graphql_type=RatingHaving | None)]
RatingTops = Annotated[Any, strawberry.argument(graphql_type=RatingTop | None)]
RatingOrders = Annotated[Any, strawberry.argument(graphql_type=list[RatingOrder] | None)]
AuditWhere = Annotated[Any, strawberry.argument(graphql_type=AuditFilter | None)]
AuditSort = Annotated[Any, strawberry.argument(graphql_type=AuditOrder | None, description="Without it: newest first.")]
UserWhere = Annotated[Any, strawberry.argument(graphql_type=UserFilter | None)]
UserSort = Annotated[Any, strawberry.argument(graphql_type=UserOrder | None)]
MovieWhere = Annotated[Any, strawberry.argument(graphql_type=MovieFilter | None)]
MovieSort = Annotated[Any, strawberry.argument(graphql_type=MovieOrder | None)]
