"""Scalars of the API."""

from typing import Any, NewType

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

Long = NewType("Long", int)
Date = NewType("Date", str)
Duration = NewType("Duration", str)
Moment = NewType("Moment", str)
TimeZone = NewType("TimeZone", str)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise GraphQLError(f"A text is expected here, not {value!r}.")
    return value


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise GraphQLError(f"A whole number is expected here, not {value!r}.")
    return value


SCALARS: dict[object, ScalarDefinition] = {
    Long: strawberry.scalar(
        name="Long", description="A whole number of up to 2^53, as a JSON integer.", parse_value=_whole
    ),
    Date: strawberry.scalar(name="Date", description="A calendar date, `2026-11-23`.", parse_value=_text),
    Duration: strawberry.scalar(
        name="Duration", description="Whole calendar units, ISO 8601: `P30D`, `P12W`, `P3M`, `P1Y`.", parse_value=_text
    ),
    Moment: strawberry.scalar(
        name="Moment",
        description="An instant (`2026-11-23T10:00:00Z`), or a local date (`2026-11-23`: its start).",
        parse_value=_text,
    ),
    TimeZone: strawberry.scalar(
        name="TimeZone", description="An IANA time zone, `America/New_York`.", parse_value=_text
    ),
}
