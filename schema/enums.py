"""Enums of the API; those that name dimensions and measures are made from the model."""

from collections.abc import Iterable
from enum import Enum

import strawberry
from strawberry.types.enum import EnumValueDefinition

from schema.policy import Role
from warehouse.access import Strategy
from warehouse.calendar import Grain as CalendarGrain
from warehouse.model.dimensions import DIMENSIONS
from warehouse.model.facts import FACTS
from warehouse.model.measures import measures_of
from warehouse.ranges import Comparison as RangeComparison


def _enum(name: str, description: str, values: Iterable[tuple[str, str | None]]) -> type[Enum]:
    """An enum whose values are slugs and whose names are theirs in capitals."""
    members: dict[str, EnumValueDefinition] = {
        slug.upper(): strawberry.enum_value(slug, description=text) for slug, text in values
    }
    return strawberry.enum(Enum(name, members), description=description)  # type: ignore[arg-type]


RoleName = _enum("Role", "viewer < analyst < admin; `ingest` only writes, `embed` runs named operations.", ((r.value, None) for r in Role))
MaskStrategy = _enum("MaskStrategy", "How a masked field is shown; NULL hides it.", ((s.value, None) for s in Strategy))
Grain = _enum("Grain", "The size of a time bucket in the query's time zone; weeks start on Monday.", ((g.value, None) for g in CalendarGrain))
Comparison = _enum(
    "Comparison", "Which range stands beside the asked one.", ((comparison.value, None) for comparison in RangeComparison)
)
Direction = _enum("Direction", "Missing values come last in both.", (("ASC", None), ("DESC", None)))
TopMoviesOrder = _enum(
    "TopMoviesOrder",
    "What makes a film a top film; most first.",
    ((slug, None) for slug in ("views", "viewers", "watch_hours", "completion_rate", "average_rating")),
)
RankingPeriod = _enum("RankingPeriod", "The length of a chart; weeks start on Monday, UTC.", (("WEEK", None), ("MONTH", None)))
RankingBy = _enum(
    "RankingBy", "What a chart is limited to one value of.", ((by, None) for by in ("ALL", "GENRE", "COUNTRY", "DEVICE"))
)
ViewingField = _enum(
    "ViewingField",
    "What rows of `viewing` can be sorted by: a selected dimension, or any measure.",
    (
        *((slug, dimension.description) for slug, dimension in DIMENSIONS.items() if slug in FACTS["viewing"].dimensions),
        *((measure.slug, measure.description) for measure in measures_of("viewing")),
    ),
)
UserField = _enum(
    "UserField",
    "What users can be sorted by, as far as your role sees it.",
    ((slug, None) for slug in ("id", "username", "email", "country", "subscription", "age", "gender", "views", "watch_hours")),
)
MovieField = _enum(
    "MovieField", "What films can be sorted by.", ((slug, None) for slug in ("id", "title", "release_date", "average_rating", "views"))
)
