"""JSON in which no object has a name twice: parsers differ in whether the first or the last one counts."""

import json
from typing import Any

import orjson

from warehouse.errors import BadInput


def loaded(text: bytes) -> Any:
    """Parsed JSON.

    Raises: orjson.JSONDecodeError; BadInput for a repeated name, or values in values too deep.
    """
    found = orjson.loads(text)
    try:
        json.loads(text, object_pairs_hook=_refuse_repeated, parse_float=_skipped, parse_int=_skipped)
    except RecursionError:
        raise BadInput("The JSON is nested too deeply to be read.") from None
    return found


def _refuse_repeated(pairs: list[tuple[str, Any]]) -> None:
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            raise BadInput(f"The JSON has {name[:100]!r} twice in one object. Send it once.")
        seen.add(name)


def _skipped(_: str) -> None:
    """Numbers are not looked at."""
