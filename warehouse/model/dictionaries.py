"""Dictionaries: the attributes of films and users by dense key, in memory, for look-ups while facts are read."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Dictionary:
    """One in-memory table over `table`; `attributes` maps a name to its ClickHouse type."""

    name: str
    table: str
    key: str
    attributes: tuple[tuple[str, str], ...]


DICTIONARIES = (
    Dictionary(
        "movies_dictionary",
        "movies",
        "movie_key",
        (
            ("id", "UInt128"),
            ("title", "String"),
            ("genre", "String"),
            ("genres", "Array(String)"),
            ("director", "String"),
            ("release_date", "Nullable(Date32)"),
        ),
    ),
    Dictionary(
        "users_dictionary",
        "users",
        "user_key",
        (
            ("country", "String"),
            ("subscription", "String"),
            ("age", "Nullable(UInt8)"),
            ("gender", "String"),
        ),
    ),
)
