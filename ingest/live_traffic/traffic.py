"""Generated traffic: the films and people of a seed, and sessions of theirs that end now.

The world is the generator's, fixed in a past week: what is watched now is drawn from the same hour and weekday of its
last week. Ids are UUIDs derived from the seed, so that they never collide with another source's, or those of demo data;
those of sessions are new in each run.
"""

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

import numpy as np
import numpy.typing as npt
import orjson

from ingest.files.writers import filed
from ingest.generator import GENERATORS, DemoSize, Plan, World, build_world
from ingest.generator.countries import COUNTRIES
from ingest.generator.sessions import played
from ingest.generator.who_watches import Schedule

# A Monday. Fixed, because otherwise each day's world would correct the films of the day before.
UNTIL = datetime(2026, 3, 2, tzinfo=UTC)
WEEK_HOURS = 7 * 24
# Enough sessions in the window for every country to have some in each hour.
SIZE = DemoSize(movies=200, users=5_000, sessions=100_000_000, ratings=0, days=28)
Row = dict[str, object]


@dataclass(frozen=True)
class Traffic:
    """The world of a seed; session ids of this run come after `first`."""

    world: World
    schedule: Schedule
    films: Sequence[str | int]
    people: Sequence[str | int]
    first: int
    clock: Callable[[], float] = time.time

    @classmethod
    def of(cls, seed: int, clock: Callable[[], float] = time.time) -> "Traffic":
        """The traffic of a seed; its films and people are always the same."""
        return cls._of(seed, _ids("movie", seed, SIZE.movies), _ids("user", seed, SIZE.users), clock)

    @classmethod
    def of_demo(cls, seed: int, clock: Callable[[], float] = time.time) -> "Traffic":
        """The traffic of the films and people that `load_demo` loads with a seed, in its default size."""
        return cls._of(seed, range(1, SIZE.movies + 1), range(1, SIZE.users + 1), clock)

    @classmethod
    def _of(
        cls, seed: int, films: Sequence[str | int], people: Sequence[str | int], clock: Callable[[], float]
    ) -> "Traffic":
        world = build_world(Plan.ending(UNTIL, SIZE, seed))
        schedule = Schedule.of(world, "sessions", SIZE.sessions)
        return cls(world, schedule, films, people, secrets.randbits(30) << 32, clock)

    def catalogue(self) -> Iterator[tuple[str, bytes]]:
        """The bodies that sessions need, by table: films and people, as NDJSON."""
        for table, names in (("movies", self.films), ("users", self.people)):
            for batch in GENERATORS[table](self.world):
                rows = filed(table, batch).to_pylist()
                yield table, _ndjson([{**row, "id": names[row["id"] - 1]} for row in rows])

    def sessions(self, number: int, rows: int) -> bytes:
        """The `number`th piece of sessions, which end now, as NDJSON. A second call draws others: keep what is sent."""
        rng = np.random.default_rng()
        viewing = self.schedule.draw(self._views_of(self._hour(), rows, rng), rng)
        ids = np.arange(rows, dtype=np.uint64) + np.uint64(self.first + number * rows)
        batch = played(self.world, viewing, ids, rng)
        return _ndjson([self._now(row) for row in filed("viewing_sessions", batch).to_pylist()])

    def _hour(self) -> int:
        """The hour of the world's last week with the same weekday and time."""
        now = datetime.fromtimestamp(self.clock(), UTC)
        return self.world.plan.hours - WEEK_HOURS + now.weekday() * 24 + now.hour

    def _views_of(self, hour: int, rows: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
        cells = self.schedule.ends[hour * len(COUNTRIES) - 1], self.schedule.ends[(hour + 1) * len(COUNTRIES) - 1]
        return np.sort(rng.integers(*cells, size=rows))

    def _now(self, row: Row) -> Row:
        """A session that has just ended, of films and people by their own ids."""
        minutes = row["watch_duration_minutes"]
        assert isinstance(minutes, float)
        person, film = row["user_id"], row["movie_id"]
        assert isinstance(person, int)
        assert isinstance(film, int)
        # A second before now, because the server's clock may be slightly behind.
        start_s = int(self.clock() - 1 - minutes * 60)
        return {
            **row,
            "user_id": self.people[person - 1],
            "movie_id": self.films[film - 1],
            "start_time": start_s,
        }


def _ids(kind: str, seed: int, count: int) -> tuple[str, ...]:
    return tuple(str(uuid5(NAMESPACE_URL, f"marquee/{kind}/{seed}/{number}")) for number in range(1, count + 1))


def _ndjson(rows: list[Row]) -> bytes:
    return b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)
