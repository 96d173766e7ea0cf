"""Ids of nodes: the type's name and the source's id, `Movie:1`, so that no two things share one.

Arguments take either form. The id of another type names nothing of this one.
"""

TYPES = frozenset({"Movie", "User", "Rating", "Session"})
_SEPARATOR = ":"


def node_id(type_name: str, source_id: str) -> str:
    """The id of a node."""
    return f"{type_name}{_SEPARATOR}{source_id}"


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
