"""Arguments that many root fields share."""

from typing import Annotated, Any

import strawberry

from schema.enums import RatingDimension, RatingMeasure, ViewingDimension, ViewingMeasure
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
from warehouse.query.ranges import Comparison

UTC = TimeZone("UTC")

Range = Annotated[TimeRange | None, strawberry.argument(description="Default: the last 90 days of data.")]
Zone = Annotated[TimeZone, strawberry.argument(description="The time zone of days and hours.")]
Limit = Annotated[
    int | None,
    strawberry.argument(description="The maximum number of rows; by default all, or an error if there are too many."),
]
Most = Annotated[int, strawberry.argument(description="The maximum number of rows.")]
First = Annotated[
    int | None, strawberry.argument(description="The number of rows from the start, or after `after`; default: 20.")
]
After = Annotated[str | None, strawberry.argument(description="Only rows after this cursor: `pageInfo.endCursor`.")]
Last = Annotated[int | None, strawberry.argument(description="The number of rows from the end, or before `before`.")]
Before = Annotated[str | None, strawberry.argument(description="Only rows before this cursor: `pageInfo.startCursor`.")]
AnyId = Annotated[strawberry.ID, strawberry.argument(description="The `id` of any node.")]
AnyIds = Annotated[list[strawberry.ID], strawberry.argument(description="The `id`s of any nodes.")]
MovieId = Annotated[strawberry.ID, strawberry.argument(description="The film's `id` or `sourceId`.")]
UserId = Annotated[strawberry.ID, strawberry.argument(description="The user's `id` or `sourceId`.")]
Fill = Annotated[
    bool, strawberry.argument(description="Return a row for every bucket of the grain in `by`, including empty ones.")
]
Attributes = Annotated[
    list[str] | None,
    strawberry.argument(
        description="Attributes to group by, after `by`: names as sent, with dots between nested names, `app.version`."
    ),
]
AsOf = Annotated[
    Moment | None,
    strawberry.argument(description="Answer as of this moment, from the loads and attributes known then."),
]

_BY = "The dimensions to group by; without any, the answer is one row."
# Generated from the model, so type annotations can't name them.
ViewingWhere = Annotated[
    Any, strawberry.argument(graphql_type=ViewingFilter | None, description="Only sessions that match.")
]
ViewingFurther = Annotated[
    Any, strawberry.argument(graphql_type=ViewingFilter | None, description="Narrows the `where` of `viewing` further.")
]
ViewingBy = Annotated[Any, strawberry.argument(graphql_type=list[ViewingDimension] | None, description=_BY)]
ViewingTests = Annotated[
    Any,
    strawberry.argument(
        graphql_type=ViewingHaving | None, description="Only rows whose measures match, selected or not."
    ),
]
ViewingOrders = Annotated[
    Any,
    strawberry.argument(
        graphql_type=list[ViewingOrder] | None, description="The order of rows; default: by the dimensions, ascending."
    ),
]
ViewingTops = Annotated[
    Any, strawberry.argument(graphql_type=ViewingTop | None, description="Keep the top values of one dimension.")
]
ViewingMeasures = Annotated[
    Any,
    strawberry.argument(
        graphql_type=list[ViewingMeasure] | None, description="The measures to explain; default: the first."
    ),
]
RatingWhere = Annotated[
    Any, strawberry.argument(graphql_type=RatingFilter | None, description="Only ratings that match.")
]
RatingFurther = Annotated[
    Any, strawberry.argument(graphql_type=RatingFilter | None, description="Narrows the `where` of `rating` further.")
]
RatingBy = Annotated[Any, strawberry.argument(graphql_type=list[RatingDimension] | None, description=_BY)]
RatingTests = Annotated[
    Any,
    strawberry.argument(
        graphql_type=RatingHaving | None, description="Only rows whose measures match, selected or not."
    ),
]
RatingOrders = Annotated[
    Any,
    strawberry.argument(
        graphql_type=list[RatingOrder] | None, description="The order of rows; default: by the dimensions, ascending."
    ),
]
RatingTops = Annotated[
    Any, strawberry.argument(graphql_type=RatingTop | None, description="Keep the top values of one dimension.")
]
RatingMeasures = Annotated[
    Any,
    strawberry.argument(
        graphql_type=list[RatingMeasure] | None, description="The measures to explain; default: the first."
    ),
]
Compare = Annotated[
    Comparison | None, strawberry.argument(description="The range that `previous` and `change` compare with.")
]
AuditWhere = Annotated[
    Any, strawberry.argument(graphql_type=AuditFilter | None, description="Only records that match.")
]
AuditSort = Annotated[Any, strawberry.argument(graphql_type=AuditOrder | None, description="Default: newest first.")]
UserWhere = Annotated[Any, strawberry.argument(graphql_type=UserFilter | None, description="Only users that match.")]
UserSort = Annotated[Any, strawberry.argument(graphql_type=UserOrder | None, description="Default: by id.")]
MovieWhere = Annotated[Any, strawberry.argument(graphql_type=MovieFilter | None, description="Only films that match.")]
MovieSort = Annotated[Any, strawberry.argument(graphql_type=MovieOrder | None, description="Default: by id.")]
