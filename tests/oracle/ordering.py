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
        return (as_people_sort(value.title), value.id)
    if isinstance(value, Bucket):
        return value.start
    return value


def as_people_sort(title: str) -> str:
    """A title without case and accents."""
    bare = "".join(one for one in unicodedata.normalize("NFKD", title) if not unicodedata.combining(one))
    return bare.casefold()


def ordered(rows: Iterable[Any], keys: Sequence[tuple[Callable[[Any], Any], bool]]) -> list[Any]:
    """Rows by several keys, the first one first: each with whether it descends."""
    found = list(rows)
    for value, descends in reversed(keys):
        given = [row for row in found if value(row) is not None and value(row) is not OTHERS]
        given.sort(key=lambda row: sort_key(value(row)), reverse=descends)
        missing = [row for row in found if value(row) is None]
        found = [*given, *missing, *(row for row in found if value(row) is OTHERS)]
    return found
