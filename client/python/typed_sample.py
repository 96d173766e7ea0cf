"""What a type checker says of the client's users: `make lint` fails where one of these errors is not found.

Never run; an ignore without an error is an error of its own.
"""

from marquee_client import Client

client = Client("http://127.0.0.1:8000")

title: str = client.top_movies(limit=3).top_movies[0].movie.title
views: int = client.daily_trends(days=3).daily_trends[0].views
rows = client.viewing(measures=["views"], by=["country"], where={"country": {"in": ["DE"]}}).rows()
country: str | None = rows[0]["country"]

client.viewing(measures=["vievs"])  # type: ignore[list-item]
client.viewing(measures=["views"], by=["contry"])  # type: ignore[list-item]
client.viewing(measures=["views"], where={"contry": {"eq": "DE"}})  # type: ignore[arg-type]
client.top_movies(limit="three")  # type: ignore[arg-type]
client.top_movies(limitt=3)  # type: ignore[call-arg]
title = client.top_movies(limit=3).top_movies[0].titel  # type: ignore[attr-defined]
