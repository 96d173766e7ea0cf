"""Dictionaries: the attributes of films, users and experiments by dense key, in memory, to look up in."""

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
    Dictionary("experiments_dictionary", "experiments", "experiment_key", (("id", "UInt128"), ("name", "String"))),
)
