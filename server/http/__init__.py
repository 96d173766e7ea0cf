"""HTTP: the application, its doors and pages, and how long connections stay open."""
