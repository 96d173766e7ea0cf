"""Reads the arguments of `rows`: groups, order and top values; and checks a selection against them."""

from collections.abc import Sequence
from typing import Any

from strawberry import UNSET
from strawberry.utils.str_converters import to_camel_case

from resolvers.selection import Selected
from schema.enums import Direction
from warehouse.errors import BadInput
from warehouse.model.dimensions import CLOCK_DIMENSIONS
from warehouse.model.measures import MEASURES
from warehouse.query.local_time import Grain
from warehouse.query.question import Group, OrderBy, OrderByGroup, OrderByMeasure, Top

_GRAINS = frozenset(Grain)


def groups_of(by: Sequence[Any], attributes: Sequence[str]) -> tuple[Group, ...]:
    """The groups of `by` in its order, then those of `attributes`; each once."""
    named = (
        Group("time", Grain(one.name)) if one.name in _GRAINS else Group(one.value) for one in by if one is not None
    )
    return tuple(dict.fromkeys((*named, *(Group("attribute", path=path) for path in attributes))))


def checked(one: Selected, groups: Sequence[Group]) -> int:
    """The index of the group that a selected dimension shows.

    Raises: BadInput if the rows are not grouped by it, or it could be one of several grains.
    """
    grain, path = one.arguments.get("grain"), one.arguments.get("path")
    shown = [
        index
        for index, group in enumerate(groups)
        if group.dimension == one.name and grain in (None, group.grain) and path in (None, group.path)
    ]
    if len(shown) == 1:
        return shown[0]
    field = to_camel_case(one.name)
    if shown:
        grains = ", ".join(str(groups[index].grain) for index in shown)
        raise BadInput(f"`by` has several grains: {grains}. Say which one `time` is to show: `time(grain: ...)`.")
    if one.name == "attribute":
        raise BadInput(
            f"The attribute {path!r} is selected, but rows are not grouped by it. Add it to `attributes` of `rows`.",
            "attributes",
        )
    wanted = str(Grain(grain or Grain.DAY)) if one.name == "time" else one.name.upper()
    by = ", ".join([*(str(group.grain or group.dimension.upper()) for group in groups if not group.path), wanted])
    raise BadInput(f"{field} is selected, but rows are not grouped by it. Add it to `by`: rows(by: [{by}]).", "by")


def order_of(order: Any, groups: Sequence[Group]) -> OrderBy:
    """One sort key.

    Raises: BadInput for a dimension that the rows are not grouped by.
    """
    name, descending = order.field.value, order.direction is Direction.DESC
    if name in MEASURES:
        return OrderByMeasure(name, descending)
    path = getattr(order, "path", UNSET)
    for index, one in enumerate(groups):
        if one.dimension == name and (not path or path is UNSET or path == one.path):
            return OrderByGroup(index, descending)
    raise BadInput(
        f"orderBy names {order.field.name}, but rows are not grouped by it. Add it to `by`, or sort by a measure or a "
        "dimension in `by`.",
        "orderBy",
    )


def top_of(top: Any, groups: Sequence[Group]) -> Top | None:
    """The top values to keep, of the first group that is not of time.

    Raises: BadInput without such a group.
    """
    if top is None or top is UNSET:
        return None
    for index, one in enumerate(groups):
        if one.dimension not in CLOCK_DIMENSIONS:
            return Top(index, top.n, top.by.value, top.others is not False)
    raise BadInput("top needs a dimension in `by` other than time: GENRE, COUNTRY, MOVIE, ...", "top")
