"""A film service that loads its sessions day by day, to be disturbed: the demo's rows, and what may befall a day's."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.generator import GENERATORS, DemoSize, Plan, build_world
from warehouse import Warehouse, ids
from warehouse.checks.declarations import Status
from warehouse.loads.load import LoadSummary

UNTIL = datetime(2026, 11, 3, tzinfo=UTC)
SIZE = DemoSize(movies=60, users=2_000, sessions=60_000, ratings=500)
# Before it is history, in a load a table; from it on a load brings a day.
FIRST_DAY = date(2026, 10, 20)
HEALTHY_DAYS = 3
Disturb = Callable[[pa.RecordBatch], pa.RecordBatch]


class QualityWorld:
    """The demo in a warehouse: films, users, sessions and ratings before FIRST_DAY in a load each."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        made = build_world(Plan.ending(UNTIL, SIZE, 42))
        self.tables = {
            name: pa.Table.from_batches(list(GENERATORS[name](made))).combine_chunks().to_batches()[0]
            for name in GENERATORS
        }
        self.sessions = self.tables["viewing_sessions"]
        history = _before(self.sessions, FIRST_DAY)
        for name, rows in {**self.tables, "viewing_sessions": history}.items():
            self.load(name, rows)

    def load(self, table: str, rows: pa.RecordBatch) -> LoadSummary:
        """Load rows, and check them."""
        with self.warehouse.load(table, files=["test"]) as load:
            load.write(rows)
            done = load.commit()
        self.warehouse.inspector.check()
        return done

    def load_day(self, days: int, disturb: Disturb) -> int:
        """Load the sessions of a day, so many days after FIRST_DAY, disturbed; returns the load's number."""
        return self.load("viewing_sessions", disturb(_of(self.sessions, FIRST_DAY + timedelta(days=days)))).load_id

    def spoken(self, load_id: int) -> dict[tuple[str, str], Status]:
        """The checks that speak of a load: check and subject → WARN or FAIL."""
        found = self.found(load_id)
        return {name: status for name, status in found.items() if status in (Status.WARN, Status.FAIL)}

    def found(self, load_id: int) -> dict[tuple[str, str], Status]:
        """All that is said of a load: check and subject → status."""
        rows = self.warehouse.engine.query(
            "SELECT check, subject, status FROM load_checks FINAL WHERE load_id = {load:UInt32}", {"load": load_id}
        ).rows
        return {(check, subject): Status(status) for check, subject, status in rows}


def _of(rows: pa.RecordBatch, day: date) -> pa.RecordBatch:
    return rows.filter(pc.and_(_at_least(rows, day), pc.invert(_at_least(rows, day + timedelta(days=1)))))


def _before(rows: pa.RecordBatch, day: date) -> pa.RecordBatch:
    return rows.filter(pc.invert(_at_least(rows, day)))


def _at_least(rows: pa.RecordBatch, day: date) -> pa.Array:
    midnight = pa.scalar(datetime(day.year, day.month, day.day, tzinfo=UTC), rows.schema.field("start_time").type)
    return pc.greater_equal(rows["start_time"], midnight)


def healthy(rows: pa.RecordBatch) -> pa.RecordBatch:
    """Nothing befalls it."""
    return rows


def half(rows: pa.RecordBatch) -> pa.RecordBatch:
    """Every second row."""
    return rows.filter(pa.array(np.arange(len(rows)) % 2 == 0))


def without(column: str) -> Disturb:
    """A column that is empty all at once."""
    return lambda rows: _with(rows, column, pa.nulls(len(rows), rows.schema.field(column).type))


def renamed(old: str, new: str) -> Disturb:
    """A device under another name."""

    def rename(rows: pa.RecordBatch) -> pa.RecordBatch:
        return _with(rows, "device_type", pc.if_else(pc.equal(rows["device_type"], old), new, rows["device_type"]))

    return rename


def shortened(rows: pa.RecordBatch) -> pa.RecordBatch:
    """Sessions that are watched for a third of their time."""
    third = pc.divide(rows["watch_minutes_e4"], pa.scalar(3, pa.uint32()))
    return _with(rows, "watch_minutes_e4", third)


def late(rows: pa.RecordBatch) -> pa.RecordBatch:
    """One row in five began ten days earlier."""
    ten_days = np.where(np.arange(len(rows)) % 5 == 0, 864_000, 0)
    seconds = rows["start_time"].cast(pa.int64()).to_numpy() - ten_days
    return _with(rows, "start_time", pa.array(seconds, pa.int64()).cast(rows.schema.field("start_time").type))


def doubled(rows: pa.RecordBatch) -> pa.RecordBatch:
    """Every row a second time."""
    return pa.Table.from_batches([rows, rows]).combine_chunks().to_batches()[0]


def of_strangers(rows: pa.RecordBatch) -> pa.RecordBatch:
    """One row in five of a user who was never loaded."""
    users = rows["user_id"].to_pylist()
    stranger = ids.from_numbers(np.array([10**9], dtype=np.uint64))[0].as_py()
    changed = [stranger if place % 5 == 0 else user for place, user in enumerate(users)]
    return _with(rows, "user_id", pa.array(changed, ids.ID_TYPE))


def of_a_film(number: int) -> Disturb:
    """Every second row is of one film."""
    film = ids.from_numbers(np.array([number], dtype=np.uint64))[0].as_py()

    def retell(rows: pa.RecordBatch) -> pa.RecordBatch:
        films = rows["movie_id"].to_pylist()
        changed = [film if place % 2 == 0 else each for place, each in enumerate(films)]
        return _with(rows, "movie_id", pa.array(changed, ids.ID_TYPE))

    return retell


def film_without_genres(films: pa.RecordBatch, number: int) -> pa.RecordBatch:
    """A new film that says nothing of its genres."""
    row = without("genres")(films.slice(0, 1))
    return _with(row, "id", ids.from_numbers(np.array([number], dtype=np.uint64)))


def _with(rows: pa.RecordBatch, column: str, values: pa.Array) -> pa.RecordBatch:
    return rows.set_column(rows.schema.get_field_index(column), rows.schema.field(column), values)
