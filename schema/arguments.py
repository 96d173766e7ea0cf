"""Arguments that many root fields share."""

from typing import Annotated, Any

import strawberry

from schema.inputs import MovieFilter, MovieOrder, TimeRange, UserFilter, UserOrder, ViewingFilter, ViewingOrder
from schema.scalars import TimeZone

UTC = TimeZone("UTC")

Range = Annotated[TimeRange | None, strawberry.argument(description="Without it: the last 90 days of data.")]
Zone = Annotated[TimeZone, strawberry.argument(description="Whose days and hours count.")]

# Made from the model, so that types can't name them.
ViewingWhere = Annotated[Any, strawberry.argument(graphql_type=ViewingFilter | None)]
ViewingOrders = Annotated[Any, strawberry.argument(graphql_type=list[ViewingOrder] | None)]
UserWhere = Annotated[Any, strawberry.argument(graphql_type=UserFilter | None)]
UserSort = Annotated[Any, strawberry.argument(graphql_type=UserOrder | None)]
MovieWhere = Annotated[Any, strawberry.argument(graphql_type=MovieFilter | None)]
MovieSort = Annotated[Any, strawberry.argument(graphql_type=MovieOrder | None)]
