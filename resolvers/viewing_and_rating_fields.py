"""The types `Viewing` and `RatingSummary`: the resolvers of their fields, by their arguments."""

from collections.abc import Callable, Sequence
from typing import Any

import strawberry
from strawberry.tools import create_type
from strawberry.types.field import StrawberryField

from resolvers.cells import Cells
from resolvers.null_arguments import NullIsDefault
from resolvers.viewing_and_rating import Grouped, RowsAsked, plan_of, rows_of, totals_of
from schema.arguments import (
    Attributes,
    Fill,
    Limit,
    RatingBy,
    RatingFurther,
    RatingMeasures,
    RatingOrders,
    RatingTests,
    RatingTops,
    ViewingBy,
    ViewingFurther,
    ViewingMeasures,
    ViewingOrders,
    ViewingTests,
    ViewingTops,
)
from schema.cache_id import DESCRIPTION
from schema.directives import semantic_non_null
from schema.viewing_and_rating import RATING, VIEWING, GroupedTypes, Plan


async def viewing_rows(
    root: strawberry.Parent[Grouped],
    info: strawberry.Info,
    by: ViewingBy = None,
    attributes: Attributes = None,
    where: ViewingFurther = None,
    having: ViewingTests = None,
    order_by: ViewingOrders = None,
    limit: Limit = None,
    top: ViewingTops = None,
    fill: Fill = False,
) -> Cells:
    """One row per group of sessions in the range."""
    asked = RowsAsked(by, attributes, where, having, order_by, limit, top, fill)
    return await rows_of(info, root, asked)


async def viewing_totals(
    root: strawberry.Parent[Grouped], info: strawberry.Info, where: ViewingFurther = None
) -> Cells:
    """Measures over all filtered sessions, without comparison."""
    return await totals_of(info, root, where)


async def viewing_plan(
    root: strawberry.Parent[Grouped],
    info: strawberry.Info,
    by: ViewingBy = None,
    attributes: Attributes = None,
    measures: ViewingMeasures = None,
    where: ViewingFurther = None,
    having: ViewingTests = None,
    order_by: ViewingOrders = None,
    limit: Limit = None,
    top: ViewingTops = None,
    fill: Fill = False,
) -> Cells:
    """How `rows` with the same arguments computes these measures."""
    asked = RowsAsked(by, attributes, where, having, order_by, limit, top, fill)
    return await plan_of(info, root, asked, measures or ())


async def rating_rows(
    root: strawberry.Parent[Grouped],
    info: strawberry.Info,
    by: RatingBy = None,
    where: RatingFurther = None,
    having: RatingTests = None,
    order_by: RatingOrders = None,
    limit: Limit = None,
    top: RatingTops = None,
    fill: Fill = False,
) -> Cells:
    """One row per group of ratings in the range."""
    asked = RowsAsked(by, None, where, having, order_by, limit, top, fill)
    return await rows_of(info, root, asked)


async def rating_totals(root: strawberry.Parent[Grouped], info: strawberry.Info, where: RatingFurther = None) -> Cells:
    """Measures over all filtered ratings, without comparison."""
    return await totals_of(info, root, where)


async def rating_plan(
    root: strawberry.Parent[Grouped],
    info: strawberry.Info,
    by: RatingBy = None,
    measures: RatingMeasures = None,
    where: RatingFurther = None,
    having: RatingTests = None,
    order_by: RatingOrders = None,
    limit: Limit = None,
    top: RatingTops = None,
    fill: Fill = False,
) -> Cells:
    """How `rows` with the same arguments computes these measures."""
    asked = RowsAsked(by, None, where, having, order_by, limit, top, fill)
    return await plan_of(info, root, asked, measures or ())


def _identity(root: strawberry.Parent[Grouped]) -> strawberry.ID:
    return strawberry.ID(root.identity.of("whole"))


def _field(
    resolver: Callable[..., Any], name: str, graphql_type: Any, directives: Sequence[object] = ()
) -> StrawberryField:
    """A field whose description is the resolver's docstring."""
    description = " ".join((resolver.__doc__ or DESCRIPTION).split())
    field: StrawberryField = strawberry.field(
        resolver=resolver,
        name=name,
        graphql_type=graphql_type,
        description=description,
        directives=directives,
        extensions=[NullIsDefault()],
    )
    return field


def _part(resolver: Callable[..., Any], name: str, graphql_type: Any) -> StrawberryField:
    """A field that is null if it is refused or fails, so that those beside it are still answered."""
    return _field(resolver, name, graphql_type | None, semantic_non_null())


def _type(
    name: str, description: str, types: GroupedTypes, rows: Callable[..., Any], totals: Callable[..., Any], plan: Any
) -> Any:
    fields = [
        _field(_identity, "id", strawberry.ID),
        _part(rows, "rows", list[types.row]),  # type: ignore[name-defined]
        _part(totals, "totals", types.figures),
        _part(plan, "plan", Plan),
    ]
    return create_type(name, fields, description=description)


Viewing = _type(
    "Viewing", "Sessions of a range, to group and aggregate.", VIEWING, viewing_rows, viewing_totals, viewing_plan
)
RatingSummary = _type(
    "RatingSummary", "Ratings of a range, to group and aggregate.", RATING, rating_rows, rating_totals, rating_plan
)
