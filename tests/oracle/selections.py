"""Questions as plain values, and the document that asks them.

A cell is what GraphQL selects: `{"name": "time", "as": "day", "args": {"grain": "DAY"}, "cells": [...]}`. A question is
the cell of a root field.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

Cell = Mapping[str, Any]
TYPES = {
    "range": "TimeRange",
    "timeZone": "TimeZone!",
    "where": "ViewingFilter",
    "limit": "Int",
    "compareTo": "Comparison",
    "asOf": "Moment",
    "days": "Int",
    "cohort": "CohortGrain!",
    "periods": "Int!",
    "grain": "Grain!",
    "by": "QualityBy!",
}
OF_ROWS = {
    "by": "[ViewingDimension!]",
    "attributes": "[String!]",
    "having": "ViewingHaving",
    "orderBy": "[ViewingOrder!]",
    "limit": "Int",
    "top": "ViewingTop",
    "fill": "Boolean!",
    "where": "ViewingFilter",
}
OF_PANELS = {"limit": "Int!", "orderBy": "TopMoviesOrder!"}
WORDS = ("grain",)


def cell(name: str, *cells: Cell, label: str | None = None, **args: Any) -> dict[str, Any]:
    """A cell of a selection."""
    found: dict[str, Any] = {"name": name, "cells": list(cells)}
    return found | ({"as": label} if label else {}) | ({"args": args} if args else {})


def key(one: Cell) -> str:
    """The name that a cell has in the answer."""
    return str(one.get("as", one["name"]))


def cells(one: Cell) -> Sequence[Cell]:
    """What is selected below a cell."""
    found: Sequence[Cell] = one.get("cells", ())
    return found


def names(selected: Sequence[Cell]) -> list[str]:
    """The names of cells."""
    return [one["name"] for one in selected]


def below(selected: Sequence[Cell], name: str) -> list[Cell]:
    """The cells below those of a name."""
    return [inner for one in selected if one["name"] == name for inner in cells(one)]


def of_enum(name: str) -> str:
    """`watchMinutesP50` as `WATCH_MINUTES_P50`."""
    return re.sub(r"(?<=.)([A-Z])", r"_\1", name).upper()


def of_field(name: str) -> str:
    """`WATCH_MINUTES_P50` as `watchMinutesP50`."""
    first, *others = name.lower().split("_")
    return first + "".join(map(str.capitalize, others))


def grouped_by(dimension: str) -> str:
    """The arguments of `rows` that group by one dimension: `movie { id }`, `attribute(path: "app.version")`."""
    name = re.split(r"\W", dimension, maxsplit=1)[0]
    found = re.search(r"path: (.*)\)", dimension)
    return f"attributes: [{found[1]}]" if found else f"by: [{of_enum(name)}]"


def document(question: Cell) -> tuple[str, Mapping[str, Any]]:
    """The document that asks a question, and its variables: one for each argument of the root field, and of `rows`."""
    declared: dict[str, str] = {}
    variables: dict[str, Any] = {}

    def given(one: Cell, types: Mapping[str, str], prefix: str) -> str:
        for name, value in one.get("args", {}).items():
            kind = types[name].replace("Viewing", "Rating") if question["name"] == "rating" else types[name]
            declared[f"{prefix}{name}"], variables[f"{prefix}{name}"] = kind, value
        return ", ".join(f"{name}: ${prefix}{name}" for name in one.get("args", {}))

    root = given(question, TYPES | (OF_PANELS if question["name"] not in ("viewing", "rating") else {}), "")
    inner = " ".join(
        _written(one, given(one, OF_ROWS, f"{key(one)}_") if one["name"] in ("rows", "totals") else None)
        for one in cells(question)
    )
    head = ", ".join(f"${name}: {kind}" for name, kind in declared.items())
    asked = f"{_labelled(question)}" + (f"({root})" if root else "") + f" {{ {inner} }}"
    return (f"query ({head}) {{ {asked} }}" if head else f"{{ {asked} }}"), variables


def _labelled(one: Cell) -> str:
    return (f"{one['as']}: " if "as" in one else "") + str(one["name"])


def _written(one: Cell, given: str | None = None) -> str:
    if given is None:
        literals = (
            f"{name}: {value if name in WORDS else json.dumps(value)}" for name, value in one.get("args", {}).items()
        )
        given = ", ".join(literals)
    inner = " ".join(_written(inner) for inner in cells(one))
    return _labelled(one) + (f"({given})" if given else "") + (f" {{ {inner} }}" if inner else "")
