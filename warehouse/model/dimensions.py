"""Dimensions: what to group and filter by. Each is declared once, with its label and description."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from warehouse.model.columns import Kind


@dataclass(frozen=True)
class Dimension:
    """One way to group. `column` is its source column; the compiler derives clock dimensions from `start_time`."""

    slug: str
    label: str
    description: str
    column: str
    kind: Kind = Kind.TEXT


_ALL = (
    Dimension("time", "Time", "The bucket's local start, ISO 8601 with offset.", "start_time", Kind.INSTANT),
    Dimension("hour_of_day", "Hour of day", "The local hour of day, 0-23.", "start_time", Kind.NUMBER),
    Dimension("day_of_week", "Day of week", "The local day of the week, 1 (Monday) to 7.", "start_time", Kind.NUMBER),
    Dimension("movie", "Film", "The film; films with equal titles are separate.", "movie_key", Kind.KEY),
    Dimension("genre", "Genre", "The film's first genre; null if it has none.", "genre"),
    Dimension("director", "Director", "The film's director; null if unknown.", "director"),
    Dimension(
        "release_year",
        "Release year",
        "The year of the film's release; null if unknown.",
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
    Dimension("device", "Device", "The device type; null if the client did not send it.", "device"),
    Dimension("quality", "Quality", "The picture quality; null if the client did not send it.", "quality"),
    Dimension("country", "Country", "The user's country, ISO 3166 alpha-2; null if unknown.", "country"),
    Dimension("subscription", "Subscription", "The user's plan; null if unknown.", "subscription"),
    Dimension(
        "age_band",
        "Age band",
        "under 18, 18-24, 25-34, 35-44, 45-54 or 55+; null if the age is unknown.",
        "age_band",
    ),
    Dimension(
        "gender",
        "Gender",
        "The user's gender as given; null if unknown, or hidden from your role.",
        "gender",
    ),
    Dimension(
        "attribute",
        "Attribute",
        "What the client sent beyond the schema, by path (`app.version`); null if it sent nothing.",
        "attributes",
    ),
)

DIMENSIONS: Mapping[str, Dimension] = MappingProxyType({dimension.slug: dimension for dimension in _ALL})

# Dimensions derived from local time in the question's zone.
CLOCK_DIMENSIONS = frozenset({"time", "hour_of_day", "day_of_week", "days_since_release"})
