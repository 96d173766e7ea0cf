"""The names of the tables that can be loaded; `warehouse.tables.incoming_schemas` declares the shape of their rows."""

from difflib import get_close_matches

TABLES = ("movies", "users", "experiments", "viewing_sessions", "ratings", "assignments")
"""In load order: referenced tables come before the tables that reference them."""


def no_table(name: str) -> str:
    """What to say of a name that is none of TABLES: which it may mean, and those that there are."""
    near = get_close_matches(name.lower(), TABLES, n=1)
    meant = f" Did you mean {near[0]}?" if near else ""
    return f"there is no table {name[:60]} to load.{meant} Tables: {', '.join(TABLES)}."
