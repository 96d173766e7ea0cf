"""The types of `viewing`: the selection set is the query, so every dimension and measure of the model is a field."""

from typing import Any

import strawberry

import schema.enums  # noqa: F401 - declares Grain to GraphQL
from schema.nodes import Movie
from schema.panels import made_type
from schema.scalars import Long
from warehouse.calendar import Grain
from warehouse.model.columns import Kind
from warehouse.model.dimensions import DIMENSIONS
from warehouse.model.facts import FACTS
from warehouse.model.measures import Unit, measures_of


def _measures(changes: bool = False) -> dict[str, tuple[Any, Any]]:
    kinds: dict[Unit, Any] = {Unit.COUNT: Long}
    return {
        measure.slug: (
            float | None if changes else kinds.get(measure.unit, float) | None,
            strawberry.field(description=measure.description),
        )
        for measure in measures_of("viewing")
    }


def _time(grain: Grain = Grain.DAY) -> str | None:  # noqa: ARG001 - only declares the argument: cells are read off the selection
    """The bucket's local start."""
    return None


def _dimensions() -> dict[str, tuple[Any, Any]]:
    fields: dict[str, tuple[Any, Any]] = {}
    for slug, dimension in DIMENSIONS.items():
        if slug not in FACTS["viewing"].dimensions:
            continue
        kind: Any = {Kind.NUMBER: int, Kind.KEY: Movie}.get(dimension.kind, str)
        if slug == "time":
            fields[slug] = (str | None, strawberry.field(resolver=_time, description=dimension.description))
        else:
            fields[slug] = (kind | None, strawberry.field(description=dimension.description))
    return fields


ViewingFigures = made_type("ViewingFigures", "Measures over all rows, or of the range before.", _measures())
ViewingChange = made_type(
    "ViewingChange",
    "(now - before) / before, as a fraction; null where before is 0 or unknown.",
    _measures(changes=True),
)
ViewingRow = made_type(
    "ViewingRow",
    "One group: the selected dimensions make the groups, the selected measures are computed.",
    {
        **_dimensions(),
        **_measures(),
        "previous": (
            ViewingFigures | None,
            strawberry.field(description="With `compareTo`: the measures in that range."),
        ),
        "change": (ViewingChange | None, strawberry.field(description="With `compareTo`: how the measures changed.")),
    },
)


@strawberry.type(description="A rollup that did not serve, and why.")
class RejectedRollup:
    """Part of a plan."""

    rollup: str
    reason: str


@strawberry.type(description="How an answer was got.")
class Plan:
    """Figures and SQL are for unscoped admins."""

    source: str = strawberry.field(description="The tables that served.")
    rejected: list[RejectedRollup]
    elapsed_ms: float | None = strawberry.field(description="For admins: milliseconds in the database.")
    sql: str | None = strawberry.field(description="For admins.")


Viewing = made_type(
    "Viewing",
    "Sessions, grouped and counted as selected.",
    {
        "rows": (
            list[ViewingRow],  # type: ignore[valid-type]
            strawberry.field(description="One row a group; each aliased `rows` is a query of its own."),
        ),
        "totals": (ViewingFigures, strawberry.field(description="Measures over all filtered rows, whatever `limit`.")),
        "plan": (Plan, strawberry.field(description="How the first `rows` was got.")),
    },
)
