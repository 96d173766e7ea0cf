"""A profile that a request carries: bounded, because a stranger may have written it."""

from collections.abc import Mapping
from typing import Any

from ingest.problems import WrongProfile
from ingest.readable_names import cut

# Characters of its JSON; it is part of an address.
MOST_CHARACTERS = 8_000
# A constant is repeated in each row, and each format tried on each cell.
LONGEST_CONSTANT = 100
MOST_DATE_FORMATS = 4


def checked_document(text: str, document: object) -> Mapping[str, Any]:
    """The document that a text was parsed to, if it may be used.

    Raises: WrongProfile (BadInput).
    """
    if len(text) > MOST_CHARACTERS:
        raise WrongProfile(f"the profile has {len(text):,} characters, and at most {MOST_CHARACTERS:,} are read")
    if not isinstance(document, dict):
        raise WrongProfile("the profile is not a JSON object, expected the keys of a profile file")
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
