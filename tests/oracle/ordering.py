"""The order of rows: missing values last in either direction, equal rows by their dimensions, ascending."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import Any

from tests.oracle.clock import Bucket
from tests.oracle.rows import Film


class Others(Enum):
    """The one value that all but the top ones have."""

    OTHERS = "others"


OTHERS = Others.OTHERS


def sort_key(value: Any) -> Any:
    """What a value of a dimension or a measure is sorted by."""
    if isinstance(value, Film):
        return (as_people_sort(value.title), value.title, value.id)
    if isinstance(value, str):
        return (as_people_sort(value), value)
    if isinstance(value, Bucket):
        return value.start
    return value


def as_people_sort(text: str) -> str:
    """A text without case and accents."""
    bare = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return bare.casefold()


def ordered(rows: Iterable[Any], keys: Sequence[tuple[Callable[[Any], Any], bool]]) -> list[Any]:
    """Rows by several keys, the first one first: each with whether it descends. All others have no value, like a row
    whose value is missing.
    """
    found = list(rows)
    for value, descends in reversed(keys):
        given = [row for row in found if value(row) not in (None, OTHERS)]
        given.sort(key=lambda row: sort_key(value(row)), reverse=descends)
        found = [*given, *(row for row in found if value(row) in (None, OTHERS))]
    return found
