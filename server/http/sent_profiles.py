"""The profile of a request that sends rows: the name of one that the server has, or a document as JSON. A document is
bounded, because a stranger may have written it: everything in it is applied to each row or cell.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson

from ingest.commands.load import PROFILES
from ingest.problems import WrongProfile
from ingest.profiles.profile import read_profile
from ingest.readable_names import cut
from server.strict_json import loaded

# Characters of its JSON; it is part of an address.
MOST_CHARACTERS = 8_000


@dataclass(frozen=True, slots=True)
class _Bounds:
    """Of one key: the most entries of each list or table, and the most characters of each text and name in it."""

    entries: int = 1_000
    characters: int = 1_000


_NAMES = _Bounds()
# What is no name of a column.
_VALUES: Mapping[str, _Bounds] = MappingProxyType(
    {
        # A constant is repeated in each row, each format tried on each cell, and each cell cut by a separator.
        "constants": _Bounds(characters=100),
        "dates": _Bounds(entries=4, characters=100),
        "separators": _Bounds(characters=100),
        "units": _Bounds(characters=100),
        "nulls": _Bounds(entries=100, characters=100),
        "ids": _Bounds(entries=8),
    }
)


def profile_document(text: str) -> Mapping[str, Any]:
    """The document of the query parameter `profile`: one that begins with `{` is the document itself.

    Raises: WrongProfile (BadInput).
    """
    if not text.startswith("{"):
        return read_profile(text, Path(PROFILES))
    if len(text) > MOST_CHARACTERS:
        raise WrongProfile(f"the profile has {len(text):,} characters, and at most {MOST_CHARACTERS:,} are read")
    try:
        document: Mapping[str, Any] = loaded(text.encode())
    except orjson.JSONDecodeError as error:
        raise WrongProfile(f"the profile is not valid JSON: {error.msg} at character {error.pos}") from error
    for key, value in document.items():
        _check(key, value, _VALUES.get(key, _NAMES))
    return document


def _check(key: str, value: object, bounds: _Bounds) -> None:
    """Raises: WrongProfile for a list, table or text in the value of a key that is longer than that key's may be."""
    for one in _within(value):
        most, what = (bounds.characters, "characters") if isinstance(one, str) else (bounds.entries, "entries")
        if len(one) > most:
            raise WrongProfile(f"{cut(key)} has {len(one):,} {what} in one place, and at most {most:,} are read")


def _within(value: object) -> Iterator[str | list[object] | dict[str, object]]:
    """A value's lists, tables, texts and names. A profile has texts, and lists and tables of them; what is nested
    deeper is refused where its type is.
    """
    if isinstance(value, str | list | dict):
        yield value
    if isinstance(value, dict):
        yield from value
        for one in value.values():
            yield from _within(one) if isinstance(one, str | list) else ()
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, str))
