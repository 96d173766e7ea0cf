"""Deliveries: a set of rows, the files that it may be cut into, and what a warehouse that got it shows in the end.

All rows of a delivery are of its own films and users, and its ids begin at `first`: a warehouse may take one delivery
after the other. Each id has one content, for where contents differ the order of sending is the meaning.
"""

import csv
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse import Warehouse

Row = dict[str, Any]
Shown = tuple[Any, ...]
TABLES = ("movies", "users", "viewing_sessions", "ratings")
FORMATS = ("csv", "ndjson", "parquet")
# A delivery's ids are below `first` + SPAN; of these numbers nobody is ever loaded.
SPAN, STRANGER = 10_000, 999
# 2024-02-27: a session's day lies in February or March.
MONTHS_START, DAY_S = 1_708_992_000, 86_400
WAITS = "waits for its user or film"


@dataclass(frozen=True)
class Picture:
    """What a warehouse shows of a delivery: each fact as often as it stands, films and users as they are, and which
    rows are in the quarantine for what; how often these were sent there is no matter."""

    facts: tuple[Shown, ...]
    films: tuple[Shown, ...]
    users: tuple[Shown, ...]
    kept_aside: tuple[Shown, ...]

    def beside(self, other: "Picture") -> list[str]:
        """How another differs from this one: rows that it lacks, and rows that it has too many."""
        lacking, surplus = self._counted() - other._counted(), other._counted() - self._counted()
        return [f"lacks {row}" for row in lacking.elements()] + [f"has {row} too many" for row in surplus.elements()]

    def _counted(self) -> Counter[Shown]:
        return Counter([*self.facts, *self.films, *self.users, *self.kept_aside])


@dataclass(frozen=True)
class File:
    """Rows of one table in one format."""

    table: str
    rows: tuple[Row, ...]
    format: str

    def write(self, folder: Path, number: int) -> Path:
        """The file itself."""
        path = folder / f"{number}.{self.format}"
        if self.format == "parquet":
            pq.write_table(pa.Table.from_pylist(list(self.rows)), path)
        elif self.format == "ndjson":
            path.write_text("".join(json.dumps(row) + "\n" for row in self.rows), encoding="utf-8")
        else:
            with path.open("w", encoding="utf-8", newline="") as out:
                writer = csv.DictWriter(out, list(self.rows[0]))
                writer.writeheader()
                writer.writerows(self.rows)
        return path


class Delivery:
    """Films, users, sessions and ratings. Some of the facts are of somebody unknown, and some are no good rows."""

    def __init__(self, chance: Random, first: int) -> None:
        self.first = first
        self._chance = chance
        films = [{"id": first + n, "title": f"Film {n}", "genres": ("Drama", "War|Crime")[n % 2]} for n in range(1, 5)]
        users = [{"id": first + n, "username": f"user{n}", "country": ("US", "DE", "IN")[n % 3]} for n in range(1, 7)]
        sessions = [self._session(n) for n in range(100, 124)]
        ratings = [self._rating(n) for n in range(200, 210)]
        self.good: dict[str, list[Row]] = {
            "movies": films,
            "users": users,
            "viewing_sessions": sessions,
            "ratings": ratings,
        }
        self.waiting: dict[str, list[Row]] = {
            "viewing_sessions": [
                {**self._session(150), "user_id": first + STRANGER},
                {**self._session(151), "movie_id": first + STRANGER},
            ],
            "ratings": [{**self._rating(250), "movie_id": first + STRANGER}],
        }
        self.bad: dict[str, list[tuple[Row, str]]] = {
            "viewing_sessions": [
                ({**self._session(160), "watch_duration_minutes": 2000.5}, "BAD_VALUE"),
                ({**self._session(161), "user_id": None}, "MISSING_VALUE"),
            ],
            "ratings": [({**self._rating(260), "rating": 9.5}, "BAD_VALUE")],
        }

    def files(self) -> list[File]:
        """All rows, cut at random into files, in any order, some of them twice."""
        return [File(table, rows, self._chance.choice(FORMATS)) for table in TABLES for rows in self._pieces(table)]

    def expected(self) -> Picture:
        """What is to be seen once every row has arrived."""
        first, good = self.first, self.good
        sessions = [
            (
                "viewing_sessions",
                *(row[name] for name in ("id", "user_id", "movie_id", "start_time")),
                round(row["watch_duration_minutes"] * 10_000),
                row["device_type"] or "",
                row["app"],
            )
            for row in good["viewing_sessions"]
        ]
        ratings = [
            ("ratings", row["id"], row["user_id"], row["movie_id"], row["rating_date"], round(row["rating"] * 100))
            for row in good["ratings"]
        ]
        aside = [(table, row["id"], WAITS) for table, rows in self.waiting.items() for row in rows]
        aside += [(table, row["id"], reason) for table, rows in self.bad.items() for row, reason in rows]
        return Picture(
            tuple(sorted([*sessions, *ratings])),
            tuple((first + n, f"Film {n}", ("Drama", "War")[n % 2]) for n in range(1, 5)),
            tuple((first + n, f"user{n}", ("US", "DE", "IN")[n % 3]) for n in range(1, 7)),
            tuple(sorted(aside)),
        )

    def _pieces(self, table: str) -> list[tuple[Row, ...]]:
        rows = [*self.good[table], *self.waiting.get(table, ()), *(row for row, _ in self.bad.get(table, ()))]
        chance = self._chance
        shuffled = chance.sample(rows, len(rows))
        cuts = sorted(chance.sample(range(1, len(rows)), chance.randrange(0, 3)))
        pieces = [shuffled[start:end] for start, end in zip([0, *cuts], [*cuts, len(rows)], strict=True)]
        repeats = [chance.sample(rows, chance.randrange(0, len(rows) // 2)) for _ in pieces]
        return [self._shuffled([*piece, *repeated]) for piece, repeated in zip(pieces, repeats, strict=True)]

    def _shuffled(self, rows: Sequence[Row]) -> tuple[Row, ...]:
        return tuple(self._chance.sample(rows, len(rows)))

    def _session(self, number: int) -> Row:
        return {
            **self._fact(number),
            "start_time": self._instant(),
            "watch_duration_minutes": self._chance.randrange(4 * 240) / 4,
            "device_type": self._chance.choice(("TV", "Phone", None)),
            "app": self._chance.choice(("v1", "v2")),
        }

    def _rating(self, number: int) -> Row:
        return {**self._fact(number), "rating": self._chance.randrange(1, 11) / 2, "rating_date": self._instant()}

    def _fact(self, number: int) -> Row:
        who, what = self._chance.randrange(1, 7), self._chance.randrange(1, 5)
        return {"id": self.first + number, "user_id": self.first + who, "movie_id": self.first + what}

    def _instant(self) -> str:
        return datetime.fromtimestamp(MONTHS_START + self._chance.randrange(8 * DAY_S), UTC).strftime(
            "%Y-%m-%dT%H:%M:%SZ"
        )


def look(warehouse: Warehouse, first: int) -> Picture:
    """What the warehouse shows of the delivery whose ids begin there."""

    def rows(sql: str) -> tuple[Shown, ...]:
        return tuple(sorted(tuple(row) for row in warehouse.engine.query(sql).rows))

    here = f"BETWEEN {first} AND {first + SPAN - 1}"
    joins = "JOIN users AS u ON f.user_key = u.user_key JOIN movies AS m ON f.movie_key = m.movie_key"
    joins = f"{joins} WHERE toUInt64(f.id) {here}"
    keys = "toUInt64(f.id), toUInt64(u.id), toUInt64(m.id)"
    return Picture(
        rows(f"SELECT 'ratings', {keys}, formatDateTime(rating_date, '%FT%TZ'), rating_e2 FROM ratings AS f {joins}")
        + rows(
            f"SELECT 'viewing_sessions', {keys}, formatDateTime(start_time, '%FT%TZ'), watch_minutes_e4, "
            f"toString(device_type), attributes['app'] FROM viewing_sessions AS f {joins}"
        ),
        rows(f"SELECT toUInt64(id), title, toString(genre) FROM movies WHERE toUInt64(id) {here}"),
        rows(f"SELECT toUInt64(id), username, toString(country) FROM users WHERE toUInt64(id) {here}"),
        _kept_aside(rows("SELECT DISTINCT table, reason, original FROM rejected_rows"), first),
    )


def _kept_aside(found: Sequence[Shown], first: int) -> tuple[Shown, ...]:
    """Which of the two is missing, of a row that lacks one now and lacked the other before, is a matter of order."""
    ids = [(table, int(json.loads(original)["id"]), reason) for table, reason, original in found]
    told = {(table, row, WAITS if reason.startswith("UNKNOWN_") else reason) for table, row, reason in ids}
    return tuple(sorted(one for one in told if first <= one[1] < first + SPAN))
