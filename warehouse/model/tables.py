"""The names of the tables that can be loaded; `warehouse.tables.incoming_schemas` declares the shape of their rows."""

TABLES = ("movies", "users", "viewing_sessions", "ratings")
"""In load order: referenced tables come before the tables that reference them."""
