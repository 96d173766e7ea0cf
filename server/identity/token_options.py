"""Parses a token's time to live and row scope, as written on the command line and in the API."""

import re
from collections.abc import Mapping
from datetime import timedelta

from schema.policy import LONGEST_EMBED, LONGEST_TOKEN, checked_scope
from warehouse.errors import BadInput

_TTL = re.compile(r"([1-9][0-9]{0,5})([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse_ttl(text: str, longest: timedelta = LONGEST_TOKEN, name: str = "--ttl") -> timedelta:
    """Parse a time to live: `90s`, `30m`, `1h`, `7d`.

    Raises: BadInput for any other form, or more than the policy allows.
    """
    match = _TTL.fullmatch(text)
    if not match:
        raise BadInput(f"{name} is {text!r}, expected a number with s, m, h or d: 90s, 30m, 1h, 7d.")
    ttl = timedelta(**{_UNITS[match[2]]: int(match[1])})
    if ttl > longest:
        raise BadInput(f"{name} is {text!r}; the longest is {longest.days}d.")
    return ttl


def parse_embed_ttl(text: str, name: str = "--ttl") -> timedelta:
    """Parse the time to live of an embed token, which has a lower limit because anyone who sees the page has the token.

    Raises: BadInput.
    """
    return parse_ttl(text, LONGEST_EMBED, name)


def parse_scope(pairs: list[str]) -> Mapping[str, tuple[str, ...]]:
    """Parse a row scope from `name=value[,value]` pairs.

    Raises: BadInput, also for a malformed country.
    """
    scope: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        name, found, values = pair.partition("=")
        if not found or not name or not all(values.split(",")):
            raise BadInput(f"--scope is {pair!r}, expected name=value or name=value,value: country=US,CA.")
        scope[name] = scope.get(name, ()) + tuple(values.split(","))
    return checked_scope(scope)
