"""`metrics`: what can be asked; and `dimensionValues`: the values of a dimension, by the same compiled question that
`viewing` asks, so that masks, scopes and the minimum group size hold.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace

import strawberry
from strawberry.utils.str_converters import to_camel_case

from resolvers.cache_ids import Identity
from resolvers.cells import Cells
from resolvers.context import context_of
from resolvers.panels import own_rows, request_of
from resolvers.row_getters import group
from schema.arguments import UTC, Range, ViewingWhere, Zone
from schema.arguments import Most as Limit
from schema.enums import ValuedDimension
from schema.metrics import Dimension, Field, Measure, Metrics, Search
from warehouse.access import Access
from warehouse.model.dimensions import DIMENSIONS
from warehouse.model.facts import FACTS
from warehouse.model.measures import measures_of
from warehouse.query.local_time import Grain
from warehouse.query.question import AllOf, Condition, Filter, Group, OrderByMeasure

# The root fields whose rows are grouped.
_ROOTS = ("viewing", "rating")
_GRAINS = [grain.value for grain in Grain]


def metrics(info: strawberry.Info) -> Metrics:
    """What you can ask of `viewing` and `rating`: measures with their units, dimensions, and what groups with what."""
    access = context_of(info).access
    whole = Identity("metrics", sorted(access.masks.items()), sorted(access.attributes))
    shown = _dimensions(access, whole)
    names = {one.name for one in shown}
    return Metrics(id=strawberry.ID(whole.of()), measures=list(_measures(whole, names)), dimensions=shown)


def _measures(whole: Identity, shown: Collection[str]) -> Iterator[Measure]:
    for root in _ROOTS:
        for one in measures_of(root):
            slugs = FACTS[root].dimensions & FACTS[one.fact].dimensions
            dimensions = [to_camel_case(slug) for slug in DIMENSIONS if slug in slugs]
            yield Measure(
                id=strawberry.ID(whole.of("measure", root, one.slug)),
                name=to_camel_case(one.slug),
                root=root,
                label=one.label,
                description=one.description,
                unit=one.unit,
                dimensions=[name for name in dimensions if name in shown],
            )


def _dimensions(access: Access, whole: Identity) -> list[Dimension]:
    """Those that the asker may use: attributes are closed to some roles."""
    columns, found = FACTS["viewing"].columns, []
    for slug, one in DIMENSIONS.items():
        if slug == "attribute" and not access.attributes:
            continue
        covered_by = columns[one.column].covered_by if one.column in columns else None
        found.append(
            Dimension(
                id=strawberry.ID(whole.of("dimension", slug)),
                name=to_camel_case(slug),
                label=one.label,
                description=one.description,
                by=_GRAINS if slug == "time" else [] if slug == "attribute" else [slug.upper()],
                strategy=access.masks.get(covered_by) if covered_by else None,
                has_values=slug.upper() in ValuedDimension.__members__,
            )
        )
    return found


async def dimension_values(
    info: strawberry.Info,
    field: Field,
    search: Search = None,
    limit: Limit = 50,
    range: Range = None,
    time_zone: Zone = UTC,
    where: ViewingWhere = None,
) -> Cells:
    """The values of a dimension among the sessions that you may see, most views first: to offer or check a filter's.
    Sessions without a value are left out.
    """
    request = await request_of(info, range, time_zone, where)
    tests: list[Filter] = [request.where] if request.where else []
    tests.append(Condition(field.value, "is_null", False))
    if search:
        tests.append(Condition(field.value, "contains", search))
    order = OrderByMeasure("views", descending=True)
    question = request.question([Group(field.value)], ("views",), orders=(order,))
    rows = await own_rows(info, request, replace(question, where=AllOf(tuple(tests))), limit)
    return request.cells(rows, {"value": group(0)}, key=lambda row: (field.value, row.groups[0]))
