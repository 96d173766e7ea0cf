"""Scalars of the API. Invalid values are refused on input, so resolvers never see a nonexistent day or a moment out of
range.
"""

from collections.abc import Callable
from typing import Any, NewType

import strawberry
from graphql import GraphQLError, ValueNode, value_from_ast_untyped
from strawberry.types.scalar import ScalarDefinition

from warehouse.errors import BadInput
from warehouse.query import instants
from warehouse.query.local_time import LATEST, shift_back, zone

Long = NewType("Long", int)
Date = NewType("Date", str)
Duration = NewType("Duration", str)
Moment = NewType("Moment", str)
DateTime = NewType("DateTime", str)
TimeZone = NewType("TimeZone", str)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise GraphQLError(f"Expected text here, not {value!r}.")
    return value


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise GraphQLError(f"Expected a whole number here, not {value!r}.")
    return value


def _checked(check: Callable[[str], object]) -> Callable[[Any], str]:
    """A parser for text that `check` accepts; for other text GraphQL's error names the variable and position."""

    def read(value: Any) -> str:
        text = _text(value)
        try:
            check(text)
        except BadInput as error:
            raise GraphQLError(str(error)) from error
        return text

    return read


def _in_document(read: Callable[[Any], str]) -> Callable[..., str]:
    """The same parser for a literal in a document; its error has the line."""

    def read_node(node: ValueNode, variables: dict[str, Any] | None = None) -> str:
        try:
            return read(value_from_ast_untyped(node, variables))
        except GraphQLError as error:
            raise GraphQLError(error.message, node) from error

    return read_node


def _scalar(name: str, description: str, check: Callable[[str], object], specified_by: str) -> ScalarDefinition:
    read = _checked(check)
    return strawberry.scalar(
        name=name,
        description=description,
        specified_by_url=specified_by,
        parse_value=read,
        parse_literal=_in_document(read),
    )


def _instant(text: str) -> None:
    if instants.is_day(text):
        raise BadInput(f"{text!r} is a date, and this takes an instant, such as {text}T00:00:00Z.")
    instants.instant_of(text)


def _duration(text: str) -> None:
    shift_back(LATEST.date(), text)


SCALARS: dict[object, ScalarDefinition] = {
    Long: strawberry.scalar(
        name="Long",
        description="A whole number up to 2^53, as a JSON integer.",
        specified_by_url="https://scalars.graphql.org/jakobmerrild/long.html",
        parse_value=_whole,
    ),
    Date: _scalar(
        "Date",
        "A calendar date, `2026-11-23`, from 1990-01-01 to 2100-01-01.",
        instants.day_of,
        "https://scalars.graphql.org/andimarek/local-date.html",
    ),
    Duration: _scalar(
        "Duration",
        "Whole calendar units, ISO 8601: `P30D`, `P12W`, `P3M`, `P1Y`.",
        _duration,
        "https://www.rfc-editor.org/rfc/rfc3339#appendix-A",
    ),
    Moment: _scalar(
        "Moment",
        "An instant (`2026-11-23T10:00:00Z`), or a local date (`2026-11-23`: its start); from 1990-01-01 to "
        "2100-01-01.",
        instants.check_moment,
        "https://www.rfc-editor.org/rfc/rfc3339",
    ),
    DateTime: _scalar(
        "DateTime",
        "An instant, RFC 3339: `2026-11-23T10:00:00Z`. A local time has its offset, `2026-11-23T11:00:00+01:00`; that "
        "of UTC is always `Z`.",
        _instant,
        "https://scalars.graphql.org/andimarek/date-time.html",
    ),
    TimeZone: _scalar(
        "TimeZone", "An IANA time zone, `America/New_York`.", zone, "https://www.rfc-editor.org/rfc/rfc6557"
    ),
}
