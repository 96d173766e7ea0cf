"""A story of loads and undoings whose every outcome is known: what a warehouse shows after each step, in plain Python.

A step can be sent again: it changes nothing that is shown then, whether or not its first sending came through. Rows
that wait for a user are not shown: sent again, they wait twice.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from random import Random
from typing import Any

from tests.integration.warehouse.worlds import load
from warehouse import Warehouse
from warehouse.loads import ledger
from warehouse.loads.ledger import State
from warehouse.loads.row_verdicts import FACT_TABLES
from warehouse.tables.rebuild import stale_rollups
from warehouse.verify.repeated_ids import repeated_ids
from warehouse.verify.verify import plan, verify

Row = tuple[int, ...]
# 2026-01-10, -02-10 and -03-10: one step's rows lie in the first month or in all three.
MONTHS = (1_768_003_200, 1_770_681_600, 1_773_100_800)
FILMS, USERS, ROWS, DAY_S = 6, 10, 30, 86_400
# Users of numbers from here on have sessions before they are loaded themselves.
STRANGERS = 1000


@dataclass(frozen=True)
class Picture:
    """What a reader meets. `sessions` are (id, user, film, start, minutes), `ratings` (id, user, film, stars), each row
    as often as it stands; `waiting` are those in the quarantine, where rows that two loads sent stand twice."""

    sessions: tuple[Row, ...] = ()
    ratings: tuple[Row, ...] = ()
    genres: tuple[tuple[int, str], ...] = ()
    users: tuple[int, ...] = ()
    waiting: tuple[Row, ...] = ()

    def beside(self, other: "Picture") -> dict[str, str]:
        """How many rows of each kind are only in one of two pictures."""
        kinds = (
            (kind.name, Counter(getattr(self, kind.name)), Counter(getattr(other, kind.name))) for kind in fields(self)
        )
        differing = ((name, mine - its, its - mine) for name, mine, its in kinds if mine != its)
        return {name: f"{more.total()} more, {less.total()} less" for name, more, less in differing}


@dataclass(frozen=True)
class Step:
    """Rows to load into a table, or to take back again."""

    table: str
    rows: tuple[dict[str, Any], ...]
    is_undo: bool = False

    @property
    def kind(self) -> str:
        """What it does, for whom that is enough."""
        return f"undo of {self.table}" if self.is_undo else self.table

    def __str__(self) -> str:
        return f"{self.kind} from id {self.rows[0]['id']}"

    def outcomes(self, before: Picture) -> list[Picture]:
        """What is shown after each of its moments, the last of which is its end."""
        if self.is_undo:
            ids = {row["id"] for row in self.rows}
            return [replace(before, sessions=tuple(row for row in before.sessions if row[0] not in ids))]
        if self.table == "movies":
            return [replace(before, genres=tuple((row["id"], row["genres"][0]) for row in self.rows))]
        if self.table == "users":
            known = replace(before, users=tuple(sorted({*before.users, *(row["id"] for row in self.rows)})))
            arrived = Counter(row for row in before.waiting if row[1] in known.users)
            wait = Counter(before.waiting) - arrived
            released = replace(known, sessions=_joined(before.sessions, list(arrived)))
            # The rows of one load after the other: the first are shown, those sent again are found to be known.
            moments = []
            while arrived:
                arrived -= Counter(set(arrived))
                moments.append(replace(released, waiting=tuple(sorted((wait + arrived).elements()))))
            return [known, *moments]
        if self.table == "ratings":
            return [replace(before, ratings=_joined(before.ratings, [_rating(row) for row in self.rows]))]
        rows = [_session(row) for row in self.rows]
        shown = _joined(before.sessions, [row for row in rows if row[1] in before.users])
        waiting = [row for row in rows if row[1] not in before.users]
        return [replace(before, sessions=shown, waiting=tuple(sorted((*before.waiting, *waiting))))]


def _joined(known: tuple[Row, ...], new: Sequence[Row]) -> tuple[Row, ...]:
    return tuple(sorted((*known, *(row for row in new if row not in known))))


def _session(row: dict[str, Any]) -> Row:
    return row["id"], row["user_id"], row["movie_id"], row["start_time"], row["watch_minutes_e4"]


def _rating(row: dict[str, Any]) -> Row:
    return row["id"], row["user_id"], row["movie_id"], row["rating_e2"]


@dataclass
class Story:
    """Makes steps; `sent` are those whose rows are there to be taken back."""

    chance: Random
    number: int = 0
    sent: list[Step] = field(default_factory=list)
    arrivals: list[Step] = field(default_factory=list)

    def opening(self) -> list[Step]:
        """Films, users, and first sessions."""
        return [self.films(), Step("users", tuple(_user(n) for n in range(1, USERS + 1))), self.sessions(3)]

    def films(self) -> Step:
        """All films in another genre."""
        self.number += 1
        genre = f"Genre {self.number}"
        return Step("movies", tuple({"id": n, "title": f"Film {n}", "genres": [genre]} for n in range(1, FILMS + 1)))

    def sessions(self, months: int) -> Step:
        """New sessions in one month or three."""
        step = Step("viewing_sessions", self._rows(months))
        self.sent.append(step)
        return step

    def ratings(self) -> Step:
        """New ratings."""
        rows = [
            {
                "id": row["id"],
                "user_id": row["user_id"],
                "movie_id": row["movie_id"],
                "rating_e2": 350,
                "rating_date": row["start_time"],
            }
            for row in self._rows(1)
        ]
        return Step("ratings", tuple(rows))

    def stranger(self) -> tuple[Step, Step]:
        """Sessions of somebody unknown, and their arrival."""
        who = STRANGERS + self.number
        return Step("viewing_sessions", self._rows(2, who)), Step("users", (_user(who),))

    def undo(self) -> Step:
        """Take sessions back."""
        return replace(self.sent.pop(), is_undo=True)

    def next(self) -> Step:
        """Any of these."""
        kinds = {self._one_month: 6, self._three_months: 6, self.ratings: 1, self.films: 3, self._stranger: 3}
        if self.sent:
            kinds[self.undo] = 4
        if self.arrivals:
            kinds[self.arrivals.pop] = 20
        return self.chance.choices(list(kinds), list(kinds.values()))[0]()

    def _one_month(self) -> Step:
        return self.sessions(1)

    def _three_months(self) -> Step:
        return self.sessions(3)

    def _stranger(self) -> Step:
        sessions, arrival = self.stranger()
        self.arrivals.append(arrival)
        return sessions

    def _rows(self, months: int, user: int | None = None) -> tuple[dict[str, Any], ...]:
        self.number += 1
        chance = self.chance
        return tuple(
            {
                "id": self.number * 1000 + n,
                "user_id": user or chance.randint(1, USERS),
                "movie_id": chance.randint(1, FILMS),
                "start_time": MONTHS[n % months] + chance.randrange(8 * DAY_S),
                "watch_minutes_e4": chance.randrange(2_000_000),
                "device_type": chance.choice(("TV", "Phone")),
                "quality": "HD",
            }
            for n in range(ROWS)
        )


def _user(number: int) -> dict[str, Any]:
    return {"id": number, "username": f"user{number}", "country": ("US", "DE", "IN")[number % 3]}


def take(warehouse: Warehouse, step: Step) -> Any:
    """Do a step: of a load, returns (rows, accepted, duplicates, quarantined)."""
    if not step.is_undo:
        done = load(warehouse, step.table, step.rows)
        warehouse.refill.wait()
        return done.rows, done.accepted, done.duplicates, done.quarantined
    sql = f"SELECT DISTINCT load_id FROM {step.table} WHERE toUInt64(id) = {step.rows[0]['id']}"
    return [warehouse.undo(load_id).rows for (load_id,) in warehouse.engine.query(sql).rows]


def look(warehouse: Warehouse) -> Picture:
    """What the warehouse shows."""

    def rows(sql: str) -> tuple[Any, ...]:
        return tuple(sorted(tuple(row) for row in warehouse.engine.query(sql).rows))

    joins = "JOIN users AS u ON f.user_key = u.user_key JOIN movies AS m ON f.movie_key = m.movie_key"
    keys = "toUInt64(f.id), toUInt64(u.id), toUInt64(m.id)"
    kept = ("id", "user_id", "movie_id", "start_time", "watch_minutes_e4")
    texts = ", ".join(f"toUInt64OrZero(JSONExtractString(original, '{name}'))" for name in kept if name != "start_time")
    start = "toUInt32(parseDateTimeBestEffort(JSONExtractString(original, 'start_time'), 'UTC'))"
    waiting = rows(f"SELECT {texts}, {start} FROM rejected_rows")
    return Picture(
        rows(f"SELECT {keys}, toUInt32(start_time), watch_minutes_e4 FROM viewing_sessions AS f {joins}"),
        rows(f"SELECT {keys}, rating_e2 FROM ratings AS f {joins}"),
        rows("SELECT toUInt64(id), genre FROM movies"),
        tuple(one for (one,) in rows("SELECT toUInt64(id) FROM users")),
        tuple(sorted((row[0], row[1], row[2], row[4], row[3]) for row in waiting)),
    )


def faults(warehouse: Warehouse) -> list[str]:
    """What should never be found: rollups that differ from the facts, an id that stands twice, rows of no load, a load
    that is neither done nor not, counts that do not add up."""
    engine = warehouse.engine
    warehouse.refill.wait()
    stale = [f"{rollup.name} is stale" for rollup in stale_rollups(engine)]
    loads = ledger.recent(engine, 10_000)
    unfinished = [
        f"load {one.load_id} is {one.state}" for one in loads if one.state in (State.STAGING, State.COMMITTING)
    ]
    uneven = [
        f"load {one.load_id} counts {one}"
        for one in loads
        if one.state is State.DONE and one.accepted + one.duplicates + one.quarantined != one.rows
    ]
    brought = {one.load_id: one.accepted for one in loads if one.state is State.DONE}
    stored = engine.query("SELECT load_id, count() FROM viewing_sessions GROUP BY load_id").rows
    foreign = [f"{rows} rows of load {load_id}" for load_id, rows in stored if load_id not in brought]
    repeated = [str(one) for one in repeated_ids(warehouse.engine, warehouse.read_consistently)]
    differing = [str(one) for one in verify(warehouse.engine, warehouse.read_consistently, plan(warehouse.engine))]
    return [*stale, *unfinished, *uneven, *foreign, *repeated, *differing]


def evidence(warehouse: Warehouse) -> list[str]:
    """What tells how a wrong picture came about: the ledger, the quarantine, its deletes and its parts."""
    statements = {
        "loads": "SELECT load_id, table, state, retry_of, rows, accepted, duplicates, quarantined FROM loads FINAL "
        "ORDER BY load_id",
        "quarantine": "SELECT load_id, reason, count() FROM rejected_rows GROUP BY 1, 2 ORDER BY 1, 2",
        "deletes": "SELECT mutation_id, command, is_done, parts_to_do, latest_fail_reason FROM system.mutations "
        "WHERE database = currentDatabase() AND table = 'rejected_rows'",
        "parts": "SELECT name, rows, active, has_lightweight_delete, modification_time FROM system.parts "
        "WHERE database = currentDatabase() AND table = 'rejected_rows'",
        "set aside": "SELECT table, name, reason FROM system.detached_parts WHERE database = currentDatabase()",
    }
    return [f"{what}: {list(warehouse.engine.query(sql).rows)}" for what, sql in statements.items()]


def miscounted(warehouse: Warehouse) -> list[str]:
    """Where facts that nothing was lost of are not as many as the loads that stand say; what a retry released is
    counted with the load that brought it."""
    found, loads = [], ledger.recent(warehouse.engine, 10_000)
    for table in FACT_TABLES:
        told = sum(one.accepted for one in loads if (one.table, one.state, one.retry_of) == (table, State.DONE, 0))
        stored = warehouse.engine.query(f"SELECT count() FROM {table}").scalar()
        if told != stored:
            found.append(f"{table} has {stored} rows, and its loads accepted {told}")
    return found
