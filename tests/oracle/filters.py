"""`where` and `having`: tests, and how `and`, `or` and `not` combine them."""

import unicodedata
from collections.abc import Callable, Collection, Mapping
from typing import Any

from tests.oracle.facts import KNOWS, UNKNOWN, Row, Seen

Tests = Mapping[str, Any]


def passes(where: Tests | None, fact: str, row: Row, seen: Seen) -> bool:
    """Whether a row of a fact passes a filter. A test of what the fact does not know never narrows it: it holds, and
    under an odd number of `not`s it does not.
    """

    def holds(name: str, test: Mapping[str, Any], positive: bool) -> bool:
        if name not in KNOWS[fact]:
            return positive
        return _holds(name, test, row, seen)

    return where is None or _all(where, holds, True)


def has(having: Tests | None, figures: Mapping[str, Any]) -> bool:
    """Whether a row's figures pass `having`."""

    def holds(name: str, test: Mapping[str, Any], _: bool) -> bool:
        return _compares(test, figures[name], figures[name])

    return having is None or _all(having, holds, True)


def tested(having: Tests | None) -> set[str]:
    """The names that a filter tests."""
    found: set[str] = set()
    for name, inner in (having or {}).items():
        if name in ("and", "or"):
            found.update(*(tested(one) for one in inner))
        elif name == "not":
            found |= tested(inner)
        else:
            found.add(name)
    return found


def _all(tests: Tests, holds: Callable[[str, Mapping[str, Any], bool], bool], positive: bool) -> bool:
    """All that stands in one filter; `positive` is whether it is under an even number of `not`s."""
    for name, inner in tests.items():
        if name == "and":
            found = all(_all(one, holds, positive) for one in inner)
        elif name == "or":
            found = any(_all(one, holds, positive) for one in inner)
        elif name == "not":
            found = not _all(inner, holds, not positive)
        else:
            found = holds(name, inner, positive)
        if not found:
            return False
    return True


def _holds(name: str, test: Mapping[str, Any], row: Row, seen: Seen) -> bool:
    value = seen.value(name, row, test.get("path"))
    if name == "movie":
        value = str(value.id)
    if name == "genre" and "has" in test and test["has"] not in _genres(row):
        return False
    is_number = name in ("releaseYear", "daysSinceRelease")
    named = UNKNOWN if value is None and not is_number else value
    return _compares(_as_kept(test) if name == "country" else test, value, named)


def _as_kept(test: Mapping[str, Any]) -> Mapping[str, Any]:
    """A test of countries, which are kept in capitals: `us` is `US`."""

    def kept(text: str) -> str:
        return text if text == UNKNOWN else text.upper()

    found = dict(test)
    found |= {name: kept(test[name]) for name in ("eq", "ne") if name in test}
    return found | {name: [kept(one) for one in test[name]] for name in ("in", "notIn") if name in test}


def _genres(row: Row) -> Collection[str]:
    assert row.film is not None
    return row.film.genres or (UNKNOWN,)


def _compares(test: Mapping[str, Any], value: Any, named: Any) -> bool:
    """Whether a value passes every test; `named` is the value, or Unknown for a text that is missing."""
    return all(_TESTS[name](value, named, wanted) for name, wanted in test.items() if name not in ("path", "has"))


_TESTS: Mapping[str, Callable[[Any, Any, Any], bool]] = {
    "eq": lambda _, named, wanted: bool(named == wanted),
    "ne": lambda _, named, wanted: bool(named != wanted),
    "in": lambda _, named, wanted: named in wanted,
    "notIn": lambda _, named, wanted: named not in wanted,
    "gt": lambda value, _, wanted: value is not None and value > wanted,
    "gte": lambda value, _, wanted: value is not None and value >= wanted,
    "lt": lambda value, _, wanted: value is not None and value < wanted,
    "lte": lambda value, _, wanted: value is not None and value <= wanted,
    "contains": lambda value, _, wanted: value is not None and _plain(wanted) in _plain(value),
    "startsWith": lambda value, _, wanted: value is not None and _plain(value).startswith(_plain(wanted)),
    "isNull": lambda value, _, wanted: (value is None) is wanted,
}


def _plain(text: str) -> str:
    """A text without its case and accents."""
    return "".join(one for one in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(one))
