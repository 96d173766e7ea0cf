"""The values of small dimensions, read once after a change, so that a filter for a value that nobody has can be
reported.

They are read from cheap tables: films, users, and a rollup by device and quality; never from sessions.
"""

import threading
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from types import MappingProxyType

from warehouse import ids
from warehouse.access import SYSTEM, Access
from warehouse.engine.engine import Engine
from warehouse.model.rollups import ROLLUPS
from warehouse.query.masked_source import MOVIES, USERS, Source, read, rollup_source
from warehouse.query.masks import AGE_BANDS
from warehouse.query.parameters import Parameters

UNKNOWN = "Unknown"
# With more values, nothing is reported.
MOST_VALUES = 10_000
# Bounds for comparing spellings.
_MOST_COMPARED = 1_000
_LONGEST_COMPARED = 60

_DEVICES = rollup_source(next(one for one in ROLLUPS if one.keys == ("device", "quality")))
# Dimension and operator → the source that has its values, and SQL of them over its columns.
_READ: Mapping[tuple[str, str], tuple[Source, str, str]] = MappingProxyType(
    {
        ("genre", "eq"): (MOVIES, "genre", "genre"),
        ("genre", "has"): (MOVIES, "genres", "arrayJoin(genres)"),
        ("director", "eq"): (MOVIES, "director", "director"),
        ("device", "eq"): (_DEVICES, "device", "device"),
        ("quality", "eq"): (_DEVICES, "quality", "quality"),
        ("country", "eq"): (USERS, "country", "country"),
        ("subscription", "eq"): (USERS, "subscription", "subscription"),
        ("gender", "eq"): (USERS, "gender", "gender"),
    }
)
_FIXED: Mapping[str, frozenset[str]] = MappingProxyType({"age_band": frozenset(AGE_BANDS)})
Key = tuple[str, str]


class KnownValues:
    """The values of each dimension that was asked for, in the newest state of the data. `is_shared` says that other
    processes may load too."""

    def __init__(self, engine: Engine, is_shared: bool) -> None:
        self._engine = engine
        self._is_shared = is_shared
        self._one_looks = threading.Lock()
        self._commits = -1
        self._known: dict[Key, frozenset[str] | None] = {}

    def of(self, commits: int, key: Key, wanted: Iterable[str]) -> frozenset[str] | None:
        """The values as of a count of commits, to compare those that are `wanted` with; None if there are too many."""
        if key[0] in _FIXED:
            return _FIXED[key[0]]
        known = self._values(commits, key)
        if known is not None and self._is_shared and beyond(known, wanted):
            # Another process may have loaded a new value.
            known = self._values(commits, key, anew=True)
        return known

    def _values(self, commits: int, key: Key, anew: bool = False) -> frozenset[str] | None:
        with self._one_looks:
            if self._commits != commits:
                self._commits, self._known = commits, {}
            if anew or key not in self._known:
                self._known[key] = _look(self._engine, key)
            return self._known[key]


def is_told(key: Key, access: Access) -> bool:
    """Whether an asker may know which values a dimension has: only if its column is not masked for them and their scope
    does not limit its source, and no group is too small to be shown. Others could probe values one by one until the
    note disappears.
    """
    if key[0] in _FIXED:
        return True
    if key not in _READ:
        return False
    source, column, _ = _READ[key]
    if access.minimum_group and source is not MOVIES:
        return False
    return source.columns[column].covered_by not in access.masks and set(access.scope) <= source.open_to


def films_are_told(access: Access) -> bool:
    """The same for ids of films."""
    return set(access.scope) <= MOVIES.open_to


def missing_films(engine: Engine, texts: Iterable[str]) -> list[str]:
    """The ids that no film has, in their order."""
    parsed = {text: ids.parse(text) for text in texts}
    parameters = Parameters()
    wanted = parameters.add([one for one in parsed.values() if one is not None], "Array(UInt128)")
    films = read(MOVIES, ("id",), SYSTEM, parameters)
    found = engine.query(f"SELECT id FROM {films} WHERE id IN {wanted}", parameters.values)
    known = {int(row[0]) for row in found.rows}
    return [text for text, number in parsed.items() if number not in known]


def key_of(dimension: str, operator: str) -> Key:
    """The key of a dimension's values: `in` and `eq` have the same."""
    return dimension, "eq" if operator == "in" else operator


def beyond(known: frozenset[str], values: Iterable[str]) -> list[str]:
    """The values that are not known, each once, in their order. UNKNOWN always counts as known."""
    return [value for value in dict.fromkeys(values) if value not in known and value != UNKNOWN]


def nearest(known: frozenset[str], value: str) -> str | None:
    """The known value with the most similar spelling, or None if none is close."""
    if not 0 < len(value) <= _LONGEST_COMPARED or len(known) > _MOST_COMPARED:
        return None
    folded = {each.casefold(): each for each in sorted(known, reverse=True)}
    near = get_close_matches(value.casefold(), folded, n=1)
    return folded[near[0]] if near else None


def _look(engine: Engine, key: Key) -> frozenset[str] | None:
    source, column, sql = _READ[key]
    parameters = Parameters()
    rows = read(source, (column,), SYSTEM, parameters)
    found = engine.query(f"SELECT DISTINCT {sql} FROM {rows} LIMIT {MOST_VALUES + 1}", parameters.values).rows
    return frozenset(value for (value,) in found if value) if len(found) <= MOST_VALUES else None
