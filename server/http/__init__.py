"""HTTP: the application, its endpoints and pages, and how long connections stay open."""
