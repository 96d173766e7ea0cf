"""Attributes: what a row has beyond its contract, as texts by path.

A path joins the names on the way to a value by dots, so `{"a.b": 1}` and `{"a": {"b": 1}}` have the same path. A list
is one value: its JSON. Null, an empty text and an empty object are left out.
"""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ingest.rows.arrow_values import UNDECODABLE, Digits, Pairs
from warehouse.tables.incoming_schemas import ATTRIBUTES, LONGEST_PATH

DEEPEST = 16
MOST = 256
LONGEST_VALUE = 65_536
# Of all values of a row together.
MOST_CHARACTERS = 262_144
_SHOWN_CHARACTERS = 60


class _UnfitError(Exception):
    """A row whose attributes can't be stored; the text says why."""


@dataclass(frozen=True, slots=True, eq=False)
class Attributes:
    """The attributes (rows,), and the faults of rows without attributes, by row index."""

    values: pa.MapArray
    unfit: Mapping[int, str]


def attributes(rest: Sequence[Mapping[str, object]]) -> Attributes:
    """The attributes of rows that have the values `rest` beyond their contract, by name."""
    ends = [0]
    paths: list[str] = []
    texts: list[str] = []
    unfit: dict[int, str] = {}
    for row, named in enumerate(rest):
        try:
            found = _of_row(named) if named else {}
        except _UnfitError as error:
            unfit[row] = str(error)
        else:
            paths.extend(found)
            texts.extend(found.values())
        ends.append(len(paths))
    offsets = pa.array(np.asarray(ends, dtype=np.int32))
    kept = pa.MapArray.from_arrays(offsets, pa.array(paths, pa.string()), pa.array(texts, pa.string()))
    return Attributes(kept.cast(ATTRIBUTES), unfit)


def too_deep(named: Mapping[str, object]) -> str | None:
    """A sentence about the first of a row's values that is nested too deep; None if none is."""
    name = next((name for name, value in named.items() if _is_deeper(value, DEEPEST - 1)), None)
    return None if name is None else f"{_shown(name)} is nested in more than {DEEPEST} levels"


def text_of(value: object) -> str:
    """A value as it is stored: the digits of a whole number, true or false, the shortest decimal that reads back as the
    float, a text unchanged, JSON for a list.
    """
    return value if isinstance(value, str) else _json(value)


def _of_row(named: Mapping[str, object]) -> dict[str, str]:
    found: dict[str, str] = {}
    characters = 0
    deep = too_deep(named)
    if deep:
        raise _UnfitError(deep)
    for path, value in _leaves(named.items(), ""):
        if path in found:
            raise _UnfitError(f"{_shown(path)} comes twice, where a dot in a name counts as a name within another")
        if _is_undecodable(value) or "\0" in path or (isinstance(value, str) and "\0" in value):
            raise _UnfitError(f"{_shown(path)} must be a text in UTF-8 without NUL characters")
        if _least_characters(value) > LONGEST_VALUE:
            raise _UnfitError(f"{_shown(path)} has more than {LONGEST_VALUE:,} characters")
        found[path] = text_of(value)
        if len(found[path]) > LONGEST_VALUE:
            raise _UnfitError(f"{_shown(path)} has {len(found[path]):,} characters, expected {LONGEST_VALUE:,} at most")
        characters += len(found[path])
        if characters > MOST_CHARACTERS:
            raise _UnfitError(f"its attributes have more than {MOST_CHARACTERS:,} characters together")
        if len(found) > MOST:
            raise _UnfitError(f"it has more than {MOST} attributes")
    return dict(sorted(found.items()))


def _leaves(named: Iterable[tuple[str, object]], before: str) -> Iterator[tuple[str, object]]:
    """The path and value of every value that is not empty."""
    for name, value in named:
        path = before + name
        if value is None or value == "":
            continue
        if len(path) > LONGEST_PATH:
            raise _UnfitError(f"the path {_shown(path)} has {len(path):,} characters, expected {LONGEST_PATH} at most")
        if isinstance(value, dict | Pairs):
            yield from _leaves(value.items(), f"{path}.")
        else:
            yield path, value


def _is_deeper(value: object, levels: int) -> bool:
    """Whether lists and objects are nested in more than `levels` levels."""
    if isinstance(value, dict | Pairs):
        return levels == 0 or any(_is_deeper(inner, levels - 1) for _, inner in value.items())
    return isinstance(value, list) and (levels == 0 or any(_is_deeper(inner, levels - 1) for inner in value))


def _least_characters(value: object) -> int:
    """At least so many characters a list has once it is written, without writing it; other values are not counted."""
    if isinstance(value, dict | Pairs):
        return sum(len(str(name)) + _least_characters(inner) + 1 for name, inner in value.items())
    if isinstance(value, list):
        return len(value) + sum(len(one) if isinstance(one, str) else _least_characters(one) for one in value)
    return 0


def _is_undecodable(value: object) -> bool:
    if isinstance(value, dict | Pairs):
        return any(_is_undecodable(inner) for _, inner in value.items())
    return any(map(_is_undecodable, value)) if isinstance(value, list) else value is UNDECODABLE


def _shown(path: str) -> str:
    return repr(path) if len(path) <= _SHOWN_CHARACTERS else f"{path[:_SHOWN_CHARACTERS]!r}…"


def _json(value: object) -> str:
    """JSON without white space, with the digits of numbers unchanged."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Digits():
            return str(value)
        case str():
            return json.dumps(value, ensure_ascii=False)
        case float() if math.isfinite(value):
            return repr(value)
        case float():
            return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
        case list():
            return f"[{','.join(map(_json, value))}]"
        case dict() | Pairs():
            return f"{{{','.join(f'{_json(str(name))}:{_json(inner)}' for name, inner in value.items())}}}"
        case _:
            return str(value)
