"""JSON in which no object has a name twice: parsers differ in whether the first or the last one counts."""

import json
from typing import Any

import orjson

from warehouse.errors import BadInput


def loaded(text: bytes) -> Any:
    """Parsed JSON.

    Raises: orjson.JSONDecodeError; BadInput for a repeated name.
    """
    found = orjson.loads(text)
    _refuse_repeated(text)
    return found


def _refuse_repeated(text: bytes) -> None:
    # Valid JSON of bounded depth, as orjson has read it.
    json.loads(text, object_pairs_hook=_without_repeats, parse_float=_skipped, parse_int=_skipped)


def _without_repeats(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for place, name in enumerate(names) if name in names[:place])
        raise BadInput(f"The JSON has {repeated[:100]!r} twice in one object. Send it once.")


def _skipped(_: str) -> None:
    """Numbers are not looked at."""
