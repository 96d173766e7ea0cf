"""How long tokens live: parses a time to live, and holds it to the limits of `schema/access_policy.py`."""

import re
from datetime import timedelta

from schema.access_policy import LONGEST_EMBED, LONGEST_LINK, LONGEST_TOKEN
from warehouse.errors import BadInput

_TTL = re.compile(r"([1-9][0-9]{0,5})([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse_ttl(text: str, longest: timedelta = LONGEST_TOKEN, name: str = "--ttl") -> timedelta:
    """Parse a time to live: `90s`, `30m`, `1h`, `7d`.

    Raises: BadInput for any other form, or more than the policy allows.
    """
    match = _TTL.fullmatch(text)
    if not match:
        raise BadInput(f"{name} is {text!r}, expected a number with s, m, h or d: 90s, 30m, 1h, 7d.", name)
    ttl = timedelta(**{_UNITS[match[2]]: int(match[1])})
    if ttl > longest:
        raise BadInput(f"{name} is {text!r}; the longest is {longest.days}d.", name)
    return ttl


def parse_embed_ttl(text: str, name: str = "--ttl") -> timedelta:
    """Parse the time to live of an embed token, which has a lower limit because anyone who sees the page has the token.

    Raises: BadInput.
    """
    return parse_ttl(text, LONGEST_EMBED, name)


def parse_link_ttl(text: str, name: str) -> timedelta:
    """Parse the time within which a link that signs in must be used.

    Raises: BadInput.
    """
    return parse_ttl(text, LONGEST_LINK, name)
