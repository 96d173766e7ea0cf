"""The tables that take rows, by name alone; the shape of their rows is declared in `warehouse.tables.incoming`."""

TABLES = ("movies", "users", "viewing_sessions", "ratings")
"""In the order in which they load: what is referred to comes before what refers."""
