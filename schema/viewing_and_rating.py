"""The types of `viewing` and `rating`: arguments group and choose rows, and the selection picks their fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import strawberry

import schema.enums  # noqa: F401 - declares Grain to GraphQL
from schema.cache_id import cache_id, id_field
from schema.described_enums import described
from schema.nodes import Movie
from schema.panels import made_type
from schema.scalars import DateTime, Long
from warehouse.model.columns import Kind
from warehouse.model.dimensions import DIMENSIONS
from warehouse.model.facts import FACTS
from warehouse.model.measures import Unit, measures_of
from warehouse.query.local_time import Grain
from warehouse.query.router import Reason

Path = Annotated[
    str,
    strawberry.argument(description="The attribute's name as sent, with dots between nested names: `app.version`."),
]

_IS_OTHERS = (
    "Whether the row stands for all other values: with `top`, those with less; for roles with a "
    "minimum group size, the smaller groups."
)

OneGrain = Annotated[
    Grain | None,
    strawberry.argument(description="Which grain of `by`; needed only if `by` has several."),
]


described("Why a rollup was not used.", name="RejectionReason")(Reason)


@strawberry.type(description="A rollup that was not used, and why.")
class RejectedRollup:
    """Part of a plan."""

    rollup: str = strawberry.field(description="The rollup's name.")
    reason: Reason = strawberry.field(description="Why it was not used.")


@strawberry.type(description="The time an answer took, in milliseconds.")
class Timings:
    """Part of a plan."""

    wait: float = strawberry.field(description="Waiting for a client of the database.")
    compile: float = strawberry.field(description="Compiling the statement.")
    engine: float = strawberry.field(description="Running it in the database.")
    complete: float = strawberry.field(description="Converting its result to rows.")


@strawberry.type(description="How an answer was computed.")
class Plan:
    """Costs and SQL are only for unscoped admins."""

    id: strawberry.ID = cache_id()
    source: str = strawberry.field(description="The tables that were read.")
    pieces: list[str] = strawberry.field(
        description="What was read: pieces of a rollup by length, and the facts at the edges of the range."
    )
    rejected: list[RejectedRollup] = strawberry.field(description="The rollups that were not used.")
    rows_read: Long | None = strawberry.field(
        description="For admins: rows read, measured by running the statement again."
    )
    bytes_read: Long | None = strawberry.field(description="For admins: the bytes of those rows.")
    elapsed_ms: float | None = strawberry.field(description="For admins: milliseconds in the database.")
    timings: Timings | None = strawberry.field(description="For admins: where the time went.")
    sql: str | None = strawberry.field(description="For admins.")


def _measures(fact: str, changes: bool = False) -> dict[str, tuple[Any, Any]]:
    kinds: dict[Unit, Any] = {Unit.COUNT: Long}
    return {
        measure.slug: (
            float | None if changes else kinds.get(measure.unit, float) | None,
            strawberry.field(description=measure.description),
        )
        for measure in measures_of(fact)
    }


# Resolvers read the selection directly; these two only declare arguments.
def _time(grain: OneGrain = None) -> DateTime | None:  # noqa: ARG001
    return None


def _attribute(path: Path) -> str | None:  # noqa: ARG001
    return None


_WITH_ARGUMENTS: Mapping[str, Any] = {"time": _time, "attribute": _attribute}


def _dimensions(fact: str) -> dict[str, tuple[Any, Any]]:
    fields: dict[str, tuple[Any, Any]] = {}
    for slug, dimension in DIMENSIONS.items():
        if slug not in FACTS[fact].dimensions:
            continue
        if slug in _WITH_ARGUMENTS:
            field = strawberry.field(resolver=_WITH_ARGUMENTS[slug], description=dimension.description)
            fields[slug] = (DateTime | None if slug == "time" else str | None, field)
        else:
            kind: Any = {Kind.NUMBER: int, Kind.KEY: Movie}.get(dimension.kind, str)
            fields[slug] = (kind | None, strawberry.field(description=dimension.description))
    return fields


@dataclass(frozen=True)
class GroupedTypes:
    """The types of a fact's rows and totals."""

    row: Any
    figures: Any


def _row(fact: str, name: str, figures: Any, change: Any) -> Any:
    return made_type(
        f"{name}Row",
        "One group of `by`. The selected measures are computed; a dimension may be selected if it is in `by`.",
        {
            "id": id_field(),
            **_dimensions(fact),
            **_measures(fact),
            "is_others": (
                bool,
                strawberry.field(description=_IS_OTHERS),
            ),
            "previous": (
                figures | None,
                strawberry.field(description="With `compareTo`: the measures in the comparison range."),
            ),
            "change": (change | None, strawberry.field(description="With `compareTo`: how the measures changed.")),
        },
    )


def _grouped(fact: str, name: str) -> GroupedTypes:
    figures = made_type(
        f"{name}Figures", "Measures over all rows, or of the comparison range.", {"id": id_field(), **_measures(fact)}
    )
    change = made_type(
        f"{name}Change",
        "(now - before) / before, as a fraction; null if before is 0 or unknown.",
        {"id": id_field(), **_measures(fact, changes=True)},
    )
    return GroupedTypes(_row(fact, name, figures, change), figures)


VIEWING, RATING = _grouped("viewing", "Viewing"), _grouped("rating", "RatingSummary")
