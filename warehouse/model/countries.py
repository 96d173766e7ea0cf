"""Country codes: which ones loads keep and questions accept, and suggestions for other texts.

Loads keep any two letters, because sources use codes that ISO 3166 never assigned, such as UK or XK. So questions
accept any two letters, too.
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from warehouse.errors import BadInput

PATTERN = "^[A-Z]{2}$"
"""A code as it is stored."""
UNKNOWN = "Unknown"
_LETTERS = re.compile("[A-Za-z]{2}")
_LONGEST_NAME = 60
# Names that people use besides those of the time zone database.
_OTHER_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "america": "US",
        "england": "GB",
        "great britain": "GB",
        "holland": "NL",
        "north korea": "KP",
        "south korea": "KR",
        "the netherlands": "NL",
        "uk": "GB",
        "united kingdom": "GB",
        "united states of america": "US",
        "usa": "US",
    }
)


def country_code(text: str) -> str:
    """The code of a country as it is stored, in capitals, or `Unknown` for users who have none.

    Raises: BadInput for a text that no load would keep, with a suggested code.
    """
    letters = text.strip()
    if _LETTERS.fullmatch(letters):
        return letters.upper()
    if letters.casefold() == UNKNOWN.casefold():
        return UNKNOWN
    meant = meant_country(letters)
    shown = text if len(text) <= _LONGEST_NAME else f"{text[:_LONGEST_NAME]}…"
    raise BadInput(f"There is no country {shown!r}. Use an ISO 3166 code: {meant or 'DE, US, JP, ...'}.")


def is_assigned(code: str) -> bool:
    """Whether ISO 3166 has a code, or it is `Unknown`."""
    return code == UNKNOWN or code in names_of_countries()


def meant_country(text: str) -> str | None:
    """The code of the country whose name is most similar to a text, or None if none is close."""
    name = text.casefold()
    if len(name) > _LONGEST_NAME:
        return None
    codes = _codes_by_name()
    near = [name] if name in codes else get_close_matches(name, codes, n=1, cutoff=0.8)
    return codes[near[0]] if near else None


@cache
def names_of_countries() -> Mapping[str, str]:
    """The codes that ISO 3166-1 assigned, alpha-2, and short English names.

    Source: `iso3166.tab` of the package `tzdata`.
    """
    lines = (files("tzdata") / "zoneinfo" / "iso3166.tab").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return MappingProxyType({row[0]: row[1] for row in rows})


@cache
def _codes_by_name() -> Mapping[str, str]:
    named = {name.casefold(): code for code, name in names_of_countries().items()}
    plain = {name.partition(" (")[0]: code for name, code in named.items()}
    return MappingProxyType({**plain, **named, **_OTHER_NAMES})
