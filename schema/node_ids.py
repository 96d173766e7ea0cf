"""Ids of nodes: the type's name and the source's id, `Movie:1`, so that no two things share one.

Arguments take either form. The id of another type names nothing of this one. The ids of sessions and ratings name
their day in UTC too, `Session:2026-04-10:1658`, so that only that day, or year, is read to find them; they are found
without the day too, by reading all.
"""

from datetime import date

# What tells of one token: as it is listed, as it was made in one way or another, and as it was revoked.
TOKENS = ("IssuedToken", "NewToken", "EmbedToken", "SignInLink", "RevokedToken")
TYPES = frozenset(
    {
        *("Movie", "User", "Rating", "Session"),
        *("Board", "Alert", "AlertEvent", "Report", "PipelineRun", "AuditRecord", "PublishedOperation", *TOKENS),
    }
)
_SEPARATOR = ":"


def node_id(type_name: str, source_id: str) -> str:
    """The id of a node."""
    return f"{type_name}{_SEPARATOR}{source_id}"


def dated(day: date, source_id: str) -> str:
    """What stands for the source's id in an id that names a day."""
    return f"{day.isoformat()}{_SEPARATOR}{source_id}"


def day_and_id(text: str) -> tuple[str | None, str]:
    """The day that `dated` put before the source's id, unchecked, if there is one; and the source's id."""
    day, separator, source_id = text.partition(_SEPARATOR)
    return (day, source_id) if separator else (None, text)


def typed(text: str) -> tuple[str | None, str]:
    """An id's type and the source's id; without a type, if it is not the id of a node."""
    name, separator, source_id = text.partition(_SEPARATOR)
    return (name, source_id) if separator and name in TYPES else (None, text)


def source_id(type_name: str, text: str) -> str:
    """The source's id that an argument names: given as such, or as a node's id of the type.

    Another type's id stays as it is, and is the id of nothing.
    """
    name, found = typed(text)
    return found if name == type_name else text


def token_id(text: str) -> str:
    """The id of a token, `jti`, given as such or as the id of what tells of it."""
    name, found = typed(text)
    return found if name in TOKENS else text
