"""A film service with one person who can be told from everybody else, wherever a trace of them is left."""

from dataclasses import replace
from random import Random
from typing import Any

from tests.integration.warehouse.worlds import (
    Person,
    World,
    film_row,
    load,
    person_row,
    random_world,
    review_row,
    session_row,
)
from warehouse import Warehouse, ids
from warehouse.verify.verify import plan, verify

CENTRE = 1_772_323_200
NUMBER = 17446744073709551557
ID = ids.parse(str(NUMBER)) or 0
_BEFORE = random_world(Random(21), CENTRE, days=50, sessions=300)
# One of the 24 users under another id; no other has this country or plan.
_WHO, PERSON = 8, Person(NUMBER, "NZ", "Platinum", 41, "Female")


def _of(user: int) -> int:
    return NUMBER if user == _WHO else user


# The person comes last, and gets the highest key: one that no film has, and that would be given again first.
WORLD = World(
    _BEFORE.films,
    {**{number: person for number, person in _BEFORE.people.items() if number != _WHO}, NUMBER: PERSON},
    [replace(one, user=_of(one.user)) for one in _BEFORE.sessions],
    [replace(one, user=_of(one.user)) for one in _BEFORE.reviews],
)
OTHERS = World(
    WORLD.films,
    {number: person for number, person in WORLD.people.items() if number != NUMBER},
    [one for one in WORLD.sessions if one.user != NUMBER],
    [one for one in WORLD.reviews if one.user != NUMBER],
)
# Whatever a row says of the person has one of these in it; case does not count.
MARKS = ("quillfeather", "oldquill", str(NUMBER), str(ID), "platinum", "quill-app")


def user_rows() -> list[dict[str, Any]]:
    """Users, the person under the name they had last."""
    known = {"username": "Quillfeather", "email": "Quillfeather@nowhere.example"}
    return [{**person_row(one), **(known if one.number == NUMBER else {})} for one in WORLD.people.values()]


def session_rows() -> list[dict[str, Any]]:
    """Sessions; the person's say so among the attributes."""
    mine = {"attributes": [("app.version", "quill-app")]}
    return [{**session_row(one), **(mine if one.user == NUMBER else {})} for one in WORLD.sessions]


def rating_rows() -> list[dict[str, Any]]:
    """Ratings; the person wrote something with each."""
    return [
        {**review_row(one), "review_text": "Quillfeather wept." if one.user == NUMBER else "Fine."}
        for one in WORLD.reviews
    ]


# What jobs left of everybody.
_COMPUTED = {
    "user_patterns": "user_key, 3, 2, 10000, 0, 0, 0, 1, 1, 1, 2, 1",
    "user_recommendations": "user_key, arrayJoin([1, 2]) AS place, place, 0.5",
    "user_churn": "user_key, 0.5, map('views', 3.), 0.5",
}
FILES = {"users": user_rows(), "viewing_sessions": session_rows(), "ratings": rating_rows()}
ASSIGNED = [
    {"id": number, "user_id": number, "experiment_id": 1, "variant": "new", "exposed_at": CENTRE}
    for number in WORLD.people
]


def settle(warehouse: Warehouse) -> None:
    """Load everything, the person under an older name first, with rows that are kept aside; and what jobs computed."""
    load(warehouse, "movies", [film_row(film) for film in WORLD.films.values()])
    load(warehouse, "users", [{**row, "username": row["username"].replace("Quill", "Oldquill")} for row in user_rows()])
    for table, rows in FILES.items():
        load(warehouse, table, rows)
    load(warehouse, "viewing_sessions", [{**row, "watch_minutes_e4": 7} for row in mine()[:2]])
    load(warehouse, "experiments", [{"id": 1, "name": "Home", "start_time": CENTRE, "control": "old"}])
    load(warehouse, "assignments", ASSIGNED)
    for table, columns in _COMPUTED.items():
        warehouse.engine.command(f"INSERT INTO {table} SELECT {columns} FROM users")


def mine() -> list[dict[str, Any]]:
    """The person's sessions."""
    return [row for row in session_rows() if row["user_id"] == NUMBER]


def key_of(warehouse: Warehouse) -> int:
    """The person's dense key."""
    key: int = warehouse.engine.query("SELECT user_key FROM users WHERE country = 'NZ'").scalar()
    return key


def differences(warehouse: Warehouse) -> list[str]:
    """What verify finds."""
    return [str(one) for one in verify(warehouse.engine, warehouse.read_consistently, plan(warehouse.engine))]


def contents(warehouse: Warehouse) -> dict[str, Any]:
    """What readers can meet, to compare two states by: a hash of each table's rows, whatever their parts and order."""
    tables = ("users", "users_versions", "viewing_sessions", "ratings", "assignments", "users_dictionary", *_COMPUTED)
    return {
        table: warehouse.engine.query(f"SELECT count(), sum(cityHash64(formatRow('JSONEachRow', *))) FROM {table}").rows
        for table in tables
    }
