"""Where an answer differs from the expected one: the first place, in a line."""

from math import isclose
from typing import Any

# Whole numbers are exact; a quotient may be rounded once more where it was divided in two steps.
CLOSE = 1e-12


def difference(expected: Any, got: Any, path: str = "data") -> str | None:
    """The first difference, or None: values, types, the order of rows and of names. JSON has one kind of number: 0 may
    stand for 0.0."""
    if isinstance(expected, dict) and isinstance(got, dict):
        if list(expected) != list(got):
            return f"{path}: expected the names {list(expected)}, got {list(got)}"
        pairs = [(f"{path}.{name}", expected[name], got[name]) for name in expected]
    elif isinstance(expected, list) and isinstance(got, list):
        pairs = [
            (f"{path}[{place}]", one, other) for place, (one, other) in enumerate(zip(expected, got, strict=False))
        ]
        if len(expected) != len(got):
            inner = _first(pairs) or _rest(expected, got)
            return f"{path}: expected {len(expected)} rows, got {len(got)}; {inner}"
    elif isinstance(expected, float) and isinstance(got, int | float):
        return None if isclose(expected, got, rel_tol=CLOSE, abs_tol=1e-15) else _told(path, expected, got)
    else:
        return None if type(expected) is type(got) and expected == got else _told(path, expected, got)
    return _first(pairs)


def _first(pairs: list[tuple[str, Any, Any]]) -> str | None:
    for path, one, other in pairs:
        found = difference(one, other, path)
        if found:
            return found
    return None


def _rest(expected: list[Any], got: list[Any]) -> str:
    shorter = min(len(expected), len(got))
    return f"expected {expected[shorter]}" if len(expected) > shorter else f"got {got[shorter]}"


def _told(path: str, expected: Any, got: Any) -> str:
    return f"{path}: expected {expected!r}, got {got!r}"
