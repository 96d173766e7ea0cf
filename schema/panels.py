"""Types of the panels: fixed dimensions with measures from the model."""

from typing import Any

import strawberry

from schema.cache_id import id_field
from schema.nodes import Movie
from schema.scalars import Date, Long
from warehouse.model.dimensions import DIMENSIONS
from warehouse.model.measures import MEASURES, Measure, Unit


def measure_field(measure: Measure, use: str | None = None) -> tuple[Any, Any]:
    """(annotation, field) of a measure; nullable if the measure has no value for empty groups. An old name says which
    field to `use`.
    """
    kind: Any = Long if measure.unit is Unit.COUNT else float
    field = strawberry.field(description=measure.description, deprecation_reason=use and f"Use `{use}`.")
    return (kind if measure.empty is not None else kind | None), field


def made_type(name: str, description: str, fields: dict[str, tuple[Any, Any]]) -> Any:
    """A GraphQL type from name → (annotation, field)."""
    namespace: dict[str, Any] = {"__module__": __name__, "__doc__": description}
    namespace["__annotations__"] = {slug: annotation for slug, (annotation, _) in fields.items()}
    namespace |= {slug: field for slug, (_, field) in fields.items()}
    return strawberry.type(type(name, (), namespace), description=description)


def _same(*slugs: str) -> dict[str, tuple[Any, Any]]:
    return {slug: measure_field(MEASURES[slug]) for slug in slugs}


def _dimension(slug: str) -> dict[str, tuple[Any, Any]]:
    return {slug: (str | None, strawberry.field(description=DIMENSIONS[slug].description))}


_KEY_FIGURES = ("users", "viewers", "views", "watch_hours", "completion_rate", "average_rating")
_OLD_NAMES = {"total_users": "users", "active_users": "viewers", "total_views": "views"}
# API field → measure; the old names are deprecated.
DASHBOARD_MEASURES = {slug: slug for slug in _KEY_FIGURES} | _OLD_NAMES


def _key_figures(changes: bool = False) -> dict[str, tuple[Any, Any]]:
    """The fields of the dashboard's figures, old names last."""
    fields = {
        name: measure_field(MEASURES[slug], use=_OLD_NAMES.get(name)) for name, slug in DASHBOARD_MEASURES.items()
    }
    return {name: (float | None if changes else kind, field) for name, (kind, field) in fields.items()}


DashboardFigures = made_type(
    "DashboardFigures",
    "Key figures of the comparison range.",
    {"id": id_field(), **_key_figures()},
)
DashboardChange = made_type(
    "DashboardChange",
    "(now - before) / before, as a fraction; null if before is 0 or unknown.",
    {"id": id_field(), **_key_figures(changes=True)},
)
Dashboard = made_type(
    "Dashboard",
    "Key figures of a range.",
    {
        "id": id_field(),
        **_key_figures(),
        "previous": (
            DashboardFigures | None,
            strawberry.field(description="With `compareTo`: the figures of the comparison range."),
        ),
        "change": (DashboardChange | None, strawberry.field(description="With `compareTo`: how the figures changed.")),
    },
)
DailyTrend = made_type(
    "DailyTrend",
    "One local day.",
    {
        "id": id_field(),
        "day": (Date, strawberry.field(description="The local date.")),
        **_same("views", "viewers", "watch_hours", "completion_rate"),
    },
)
HourlyTrend = made_type(
    "HourlyTrend",
    "One local hour of day, over all days of the range.",
    {
        "id": id_field(),
        "hour": (int, strawberry.field(description="0-23.")),
        **_same("views", "viewers", "watch_hours"),
    },
)
GenrePanel = made_type(
    "GenrePanel",
    "One genre; each film counts for its first genre only.",
    {
        "id": id_field(),
        **_dimension("genre"),
        **_same("views", "viewers", "watch_hours", "completion_rate", "average_rating"),
    },
)
DevicePanel = made_type(
    "DevicePanel",
    "One device type.",
    {"id": id_field(), **_dimension("device"), **_same("views", "viewers", "watch_hours", "buffering_per_view")},
)
CountryPanel = made_type(
    "CountryPanel",
    "One country.",
    {"id": id_field(), **_dimension("country"), **_same("users", "viewers", "views", "watch_hours")},
)
TopMovie = made_type(
    "TopMovie",
    "One top film.",
    {
        "id": id_field(),
        "rank": (int, strawberry.field(description="1 is the top film; ties are sorted by title, then id.")),
        "movie": (Movie, strawberry.field(description="The film.")),
        **_same("views", "viewers", "watch_hours", "completion_rate", "average_rating"),
    },
)
