"""How much demo data to generate."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemoSize:
    """How many rows of each table, and over how many days the sessions and ratings spread."""

    movies: int = 200
    users: int = 5_000
    sessions: int = 50_000
    ratings: int = 20_000
    days: int = 90

    def __post_init__(self) -> None:
        """Raises: ValueError with a sentence for an impossible size."""
        for name, least, most in (
            ("movies", 1, 1_000_000),
            ("users", 1, 50_000_000),
            ("sessions", 0, 10**10),
            ("ratings", 0, 10**10),
            ("days", 1, 7_300),
        ):
            value = getattr(self, name)
            if not least <= value <= most:
                raise ValueError(f"{name} is {value:,}; it must lie between {least:,} and {most:,}")

    def rows(self, table: str) -> int:
        """How many rows `table` gets."""
        return int(getattr(self, {"viewing_sessions": "sessions"}.get(table, table)))
