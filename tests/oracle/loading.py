"""Loading a world through the door that ingest uses."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from tests.oracle.rows import Session, World
from warehouse import Warehouse, ids
from warehouse.tables.incoming_schemas import INCOMING


def load_world(warehouse: Warehouse, world: World, loads: int = 1) -> None:
    """Load everything, films and users first, each table in some loads; tables without rows are left alone."""
    for table, rows in _tables(world).items():
        for first in range(min(loads, len(rows))):
            load_rows(warehouse, table, rows[first::loads])


def load_changes(warehouse: Warehouse, before: World, after: World) -> None:
    """Load the rows that a later world has otherwise, or more. Some rollups are stale for a while then, and who asks at
    once proves the answers without them, too."""
    known = _tables(before)
    for table, rows in _tables(after).items():
        changed = [row for row in rows if row not in known[table]]
        if changed:
            load_rows(warehouse, table, changed)


def _tables(world: World) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    return {
        "movies": [
            {
                "id": film.id,
                "title": film.title,
                "genres": list(film.genres),
                "director": film.director,
                "release_date": film.released,
            }
            for film in world.films
        ],
        "users": [
            {
                "id": person.id,
                "country": person.country,
                "subscription": person.plan,
                "age": person.age,
                "gender": person.gender,
            }
            for person in world.people
        ],
        "viewing_sessions": [_session(one) for one in world.sessions],
        "ratings": [
            {
                "id": review.id,
                "user_id": review.person.id,
                "movie_id": review.film.id,
                "rating_e2": review.stars_e2,
                "rating_date": review.at,
            }
            for review in world.reviews
        ],
    }


def load_rows(warehouse: Warehouse, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Load rows given as column → value, all of them good: new, or a correction that may say nothing else than before
    (an empty text and none are the same)."""
    schema = INCOMING[table]
    arrays = [
        ids.from_numbers(np.array([row[name] for row in rows], dtype=np.uint64))
        if name in ("id", "user_id", "movie_id")
        else pa.array([row.get(name) for row in rows], schema.field(name).type)
        for name in schema.names
    ]
    with warehouse.load(table, files=[f"{table}.test"]) as opened:
        opened.write(pa.RecordBatch.from_arrays(arrays, schema=schema))
        summary = opened.commit()
    assert (summary.accepted + summary.duplicates, summary.quarantined) == (len(rows), 0), table
    assert summary.duplicates == 0 or table in ("movies", "users"), table


def _session(session: Session) -> Mapping[str, Any]:
    return {
        "id": session.id,
        "user_id": session.person.id,
        "movie_id": session.film.id,
        "start_time": session.at,
        "watch_minutes_e4": session.minutes_e4,
        "completion_e6": session.completion_e6,
        "device_type": session.device,
        "quality": session.quality,
        "buffering_count": session.buffering,
        "attributes": None if session.attributes is None else list(session.attributes.items()),
    }
