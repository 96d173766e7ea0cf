"""Converts an answer's rows to cells: each selected field becomes a getter, built once per answer."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from resolvers.selection import TYPENAME, Selected
from warehouse.query.answer import Row

Getter = Callable[[Row], Any]


def cells_of(rows: Iterable[Row], selected: Sequence[Selected], getters: Mapping[str, Getter]) -> list[dict[str, Any]]:
    """One dict per row, keyed by response name; `getters` has one for each selected key."""
    plan = [(one.key, getters[one.key]) for one in selected]
    return [{key: get(row) for key, get in plan} for row in rows]


def measures_in(selected: Selected, names: Mapping[str, str]) -> tuple[str, ...]:
    """The measures needed for a row's selection, including `previous` and `change`; `names` maps API fields to
    slugs."""
    compared = (each for one in selected.children if one.name in ("previous", "change") for each in one.children)
    return tuple(dict.fromkeys(names[one.name] for one in (*selected.children, *compared) if one.name in names))


def constant(value: Any) -> Getter:
    """A getter that returns the same value for each row."""
    return lambda _: value


def group(index: int) -> Getter:
    """A getter for the group at an index."""
    return lambda row: row.groups[index]


def measure(slug: str) -> Getter:
    """A getter for a measure's current value."""
    return lambda row: row.now[slug]


def figures(selected: Selected, measures: Mapping[str, str], compared: bool, identity: Getter) -> Getter:
    """A getter for `previous` or `change`: an object of measures, or None without a comparison.

    `measures` maps an API field to the measure's slug; `identity` gives the id of the row that they belong to.
    """
    if not compared:
        return constant(None)
    change = selected.name == "change"

    def get(row: Row) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        for one in selected.children:
            if one.name == TYPENAME:
                shown[one.key] = one.type_name
            elif one.name == "id":
                shown[one.key] = f"{identity(row)}.{selected.name}"
            else:
                slug = measures[one.name]
                shown[one.key] = row.change(slug) if change else row.before[slug]
        return shown

    return get
