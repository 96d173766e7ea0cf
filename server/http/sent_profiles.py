"""The profile of a request that sends rows: the name of one that the server has, or a document as JSON."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from ingest.commands.load import PROFILES
from ingest.problems import WrongProfile
from ingest.profiles.profile import read_profile
from ingest.profiles.sent_profile import MOST_CHARACTERS, checked_document
from server.strict_json import loaded


def profile_document(text: str) -> Mapping[str, Any]:
    """The document of the query parameter `profile`: one that begins with `{` is the document itself.

    Raises: WrongProfile (BadInput).
    """
    if not text.startswith("{"):
        return read_profile(text, Path(PROFILES))
    try:
        document = loaded(text.encode()) if len(text) <= MOST_CHARACTERS else {}
    except orjson.JSONDecodeError as error:
        raise WrongProfile(f"the profile is not valid JSON: {error.msg} at character {error.pos}") from error
    return checked_document(text, document)
