"""The tables that take rows, by name alone; the shape of their rows is the subject of `warehouse.incoming`."""

TABLES = ("movies", "users", "viewing_sessions", "ratings")
"""In the order in which they load: what is referred to comes before what refers."""
