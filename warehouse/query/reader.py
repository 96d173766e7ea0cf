"""The reader: what questions are asked of, the engine and facts about the data that are kept until it changes."""

from collections.abc import Collection
from contextlib import nullcontext
from datetime import datetime

from warehouse.access import Access
from warehouse.engine.engine import Engine
from warehouse.engine.read_write_lock import ReadWriteLock
from warehouse.errors import Unavailable
from warehouse.loads import ledger
from warehouse.model.facts import FACTS
from warehouse.model.rollups import ROLLUPS, Rollup
from warehouse.query.freshness import Freshness, Freshnesses
from warehouse.query.known_values import KnownValues
from warehouse.query.local_time import Range, instant_text
from warehouse.query.masked_source import fact_source, read
from warehouse.query.parameters import Parameters
from warehouse.tables.data_changes import HALF_IMPORTED, is_importing
from warehouse.tables.rollup_tables import filled_rollups

Scope = tuple[tuple[str, tuple[str, ...]], ...]
_PATHS_REMEMBERED = 10_000


class Reader:
    """Reads the data of an open warehouse; safe to use from threads. `is_shared` where other processes may load too.

    What it keeps belongs to one count of changes of `data_lock`, and is read again after the next change.
    """

    def __init__(self, engine: Engine, data_lock: ReadWriteLock, is_shared: bool) -> None:
        self.engine = engine
        self.known_values = KnownValues(engine, is_shared)
        self._data_lock = data_lock
        self._freshnesses = Freshnesses(engine, self.newest, self.loaded_at, lambda: data_lock.corrections)
        self._newest: dict[tuple[int, int | None, Scope], int | None] = {}
        self._loaded_at: tuple[int, datetime | None] = (-1, None)
        self._rollups: tuple[int, tuple[Rollup, ...]] = (-1, ())
        self._importing: tuple[int, bool] = (-1, False)
        self._paths: tuple[int, dict[str, bool]] = (-1, {})

    @property
    def commits(self) -> int:
        """How often what readers see has changed: by loads, rebuilt months, a job's result."""
        return self._data_lock.changes

    @property
    def corrections(self) -> int:
        """How many of these changes were more than added rows."""
        return self._data_lock.corrections

    def state_after(self, loaded_at: str | None) -> int:
        """The count of changes at which `freshness` announced a load's end; the present count for other loads."""
        return self._freshnesses.states.get(loaded_at, self.commits)

    @property
    def rollups(self) -> tuple[Rollup, ...]:
        """The rollups that may serve: those that no correction has made stale, or that are filled again."""
        commits, filled = self._rollups
        if commits != self.commits or len(filled) < len(ROLLUPS):
            commits = self.commits
            filled = filled_rollups(self.engine)
            self._rollups = (commits, filled)
        return filled

    def check_whole(self, holds_loads: bool = False) -> None:
        """Check that tables are of one moment; `holds_loads` says that the caller already holds loads back.

        Raises: Unavailable while another process imports, or after an import was interrupted.
        """
        corrections, importing = self._importing
        if corrections != self.corrections:
            # An import of this process holds readers back.
            with nullcontext() if holds_loads else self._data_lock.reading():
                corrections, importing = self.corrections, is_importing(self.engine)
            self._importing = (corrections, importing)
        if importing:
            raise Unavailable(HALF_IMPORTED)

    def newest(self, access: Access, as_of: int | None = None) -> int | None:
        """The instant of the newest session that the asker may see, as of a load, in seconds since 1970; None when
        there is none."""
        key = (self.commits, as_of, tuple(sorted(access.scope.items())))
        if key not in self._newest:
            parameters = Parameters()
            source = read(fact_source(FACTS["viewing"], as_of), ("start_time",), access, parameters)
            found = self.engine.query(f"SELECT max(toUInt32(start_time)) FROM {source}", parameters.values)
            self._newest = {known: value for known, value in self._newest.items() if known[0] == self.commits}
            self._newest[key] = found.scalar() or None
        return self._newest[key]

    def loaded_at(self) -> str | None:
        """When the last load was done; None before the first."""
        commits, instant = self._loaded_at
        if commits != self.commits:
            commits = self.commits
            instant = ledger.last_done(self.engine)
            self._loaded_at = (commits, instant)
        return instant_text(instant) if instant else None

    def freshness(self, access: Access) -> Freshness:
        """The freshness of the data that the asker sees."""
        return self._freshnesses.of(self.commits, access)

    def changed(self, shown: Freshness, found: Freshness, access: Access) -> Range | None:
        """The span of the rows that were added between two states; None where anything else changed."""
        return self._freshnesses.changed(shown, found, access)

    def known_freshness(self, shown: Freshness | None, access: Access) -> tuple[Freshness, Range | None] | None:
        """What `freshness` and `changed` would return, if nothing has to be read for it; otherwise None."""
        return self._freshnesses.known(self.commits, shown, access)

    def attribute_paths(self, limit: int) -> list[str]:
        """The first paths, in order, under which clients sent something beyond the schema."""
        found = self.engine.query(
            "SELECT DISTINCT arrayJoin(attributes.keys) AS path FROM viewing_sessions "
            "ORDER BY path LIMIT {limit:UInt32}",
            {"limit": limit},
        )
        return [path for (path,) in found.rows]

    def never_sent(self, paths: Collection[str]) -> set[str]:
        """The paths among these under which no client ever sent anything; undone loads count as sent."""
        commits, known = self._paths
        if commits != self.commits or len(known) > _PATHS_REMEMBERED:
            commits, known = self.commits, {}
        for path in paths:
            if path not in known:
                known[path] = any(
                    self.engine.query(
                        f"SELECT 1 FROM {table} WHERE has(attributes.keys, {{path:String}}) LIMIT 1", {"path": path}
                    ).rows
                    for table in ("viewing_sessions", "viewing_sessions_undone")
                )
        self._paths = (commits, known)
        return {path for path in paths if not known[path]}
