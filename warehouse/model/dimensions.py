"""Dimensions: what rows are grouped and filtered by. Each is declared once, with its label and description."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from warehouse.model.columns import Kind


@dataclass(frozen=True)
class Dimension:
    """One way to group. `column` is the source column that it reads; the compiler derives clock dimensions from
    `start_time`.
    """

    slug: str
    label: str
    description: str
    column: str
    kind: Kind = Kind.TEXT


_ALL = (
    Dimension("time", "Time", "The bucket's local start, ISO 8601 with offset.", "start_time", Kind.INSTANT),
    Dimension("hour_of_day", "Hour of day", "The local hour of day, 0-23.", "start_time", Kind.NUMBER),
    Dimension("day_of_week", "Day of week", "The local day of the week, 1 (Monday) to 7.", "start_time", Kind.NUMBER),
    Dimension("movie", "Film", "The film; equal titles stay apart by id.", "movie_key", Kind.KEY),
    Dimension("genre", "Genre", "The film's first genre; null where it has none.", "genre"),
    Dimension("director", "Director", "The film's director; null where nobody is named.", "director"),
    Dimension(
        "release_year",
        "Release year",
        "The year of the film's release; null where it is not known.",
        "release_year",
        Kind.NUMBER,
    ),
    Dimension(
        "days_since_release",
        "Days since release",
        "Local days from the film's release to the session; null without a release date, negative before it.",
        "release_date",
        Kind.NUMBER,
    ),
    Dimension("device", "Device", "The kind of device; null where the client did not say.", "device"),
    Dimension("quality", "Quality", "The picture quality; null where the client did not say.", "quality"),
    Dimension("country", "Country", "The user's country, ISO 3166 alpha-2; null where it is not known.", "country"),
    Dimension("subscription", "Subscription", "The user's plan; null where it is not known.", "subscription"),
    Dimension(
        "age_band",
        "Age band",
        "under 18, 18-24, 25-34, 35-44, 45-54 or 55+; null where the age is not known.",
        "age_band",
    ),
    Dimension(
        "gender",
        "Gender",
        "The user's gender as given; null where it is not, and where your role does not see it.",
        "gender",
    ),
    Dimension(
        "attribute",
        "Attribute",
        "What the client sent beyond the schema, by its path (`app.version`); null where it did not.",
        "attributes",
    ),
)

DIMENSIONS: Mapping[str, Dimension] = MappingProxyType({dimension.slug: dimension for dimension in _ALL})

# Derived from local time in the question's zone.
CLOCK_DIMENSIONS = frozenset({"time", "hour_of_day", "day_of_week", "days_since_release"})
