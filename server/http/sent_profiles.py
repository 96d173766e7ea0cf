"""The profile of a request that sends rows: the name of one that the server has, or a document as JSON. A document is
bounded, because a stranger may have written it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from ingest.commands.load import PROFILES
from ingest.problems import WrongProfile
from ingest.profiles.profile import read_profile
from ingest.readable_names import cut
from server.strict_json import loaded

# Characters of its JSON; it is part of an address.
MOST_CHARACTERS = 8_000
# A constant is repeated in each row, and each format tried on each cell.
LONGEST_CONSTANT = 100
MOST_DATE_FORMATS = 4


def profile_document(text: str) -> Mapping[str, Any]:
    """The document of the query parameter `profile`: one that begins with `{` is the document itself.

    Raises: WrongProfile (BadInput).
    """
    if not text.startswith("{"):
        return read_profile(text, Path(PROFILES))
    if len(text) > MOST_CHARACTERS:
        raise WrongProfile(f"the profile has {len(text):,} characters, and at most {MOST_CHARACTERS:,} are read")
    try:
        document = loaded(text.encode())
    except orjson.JSONDecodeError as error:
        raise WrongProfile(f"the profile is not valid JSON: {error.msg} at character {error.pos}") from error
    return _bounded(document)


def _bounded(document: Mapping[str, Any]) -> Mapping[str, Any]:
    for column, value in _table(document, "constants").items():
        if isinstance(value, str) and len(value) > LONGEST_CONSTANT:
            raise WrongProfile(f"the constant of {cut(column)} is longer than {LONGEST_CONSTANT} characters")
    for column, formats in _table(document, "dates").items():
        if isinstance(formats, list) and len(formats) > MOST_DATE_FORMATS:
            raise WrongProfile(f"dates has more than {MOST_DATE_FORMATS} formats for {cut(column)}")
    return document


def _table(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """A table of a document that may not be one: `profile_of` says so."""
    found = document.get(key)
    return found if isinstance(found, dict) else {}
