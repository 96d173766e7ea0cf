"""A load of films, users or experiments: each changed row becomes a new version, then current rows are swapped."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from warehouse.engine.engine import Engine
from warehouse.engine.read_write_lock import ReadWriteLock
from warehouse.forgetting.tombstones import Tombstones
from warehouse.loads import ledger
from warehouse.loads.ledger import State
from warehouse.loads.load import Load, LoadSummary
from warehouse.loads.rejected_rows import drop_rejected, rows_kept_aside
from warehouse.loads.row_verdicts import FORGOTTEN
from warehouse.tables.rollup_tables import note_stale
from warehouse.tables.scratch_tables import make_scratch_table


@dataclass(frozen=True)
class DimensionTable:
    """How incoming rows of films, users or experiments become stored rows. `stored` maps a column to its incoming
    column and its SQL.

    `given` is SQL of the highest key ever assigned: the key of a row that is gone must not be reused.
    """

    table: str
    key: str
    dictionary: str
    given: str
    stored: tuple[tuple[str, str, str], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The stored columns that files bring."""
        return tuple(name for name, _, _ in self.stored)

    @property
    def sources(self) -> tuple[str, ...]:
        """The incoming columns behind them, each once."""
        return tuple(dict.fromkeys(source for _, source, _ in self.stored))


def _as_is(name: str) -> tuple[str, str, str]:
    return name, name, name


def _text(name: str) -> tuple[str, str, str]:
    return name, name, f"ifNull({name}, '')"


def _label(name: str) -> tuple[str, str, str]:
    return name, name, f"toLowCardinality(ifNull({name}, ''))"


DIMENSION_TABLES = {
    "movies": DimensionTable(
        "movies",
        "movie_key",
        "movies_dictionary",
        "(SELECT max(movie_key) FROM movies_versions)",
        (
            _text("title"),
            ("genres", "genres", "CAST(genres AS Array(LowCardinality(String)))"),
            ("genre", "genres", "toLowCardinality(if(empty(genres), 'Unknown', genres[1]))"),
            _as_is("duration_minutes"),
            _as_is("release_date"),
            _text("director"),
        ),
    ),
    "users": DimensionTable(
        "users",
        "user_key",
        "users_dictionary",
        "greatest((SELECT max(user_key) FROM users_versions), (SELECT max(keys_given) FROM forgotten))",
        (
            _text("username"),
            _text("email"),
            _label("country"),
            _label("subscription"),
            _as_is("age"),
            _label("gender"),
        ),
    ),
    "experiments": DimensionTable(
        "experiments",
        "experiment_key",
        "experiments_dictionary",
        "(SELECT max(experiment_key) FROM experiments_versions)",
        (
            _text("name"),
            _as_is("start_time"),
            _as_is("end_time"),
            _text("control"),
            _as_is("shares"),
        ),
    ),
}


class DimensionLoad(Load):
    """Rows of films, users or experiments. The last row of an id wins; a column that it leaves out comes from an
    earlier row of the load, or from what is stored. Rows that change nothing are duplicates; rows of forgotten people
    are left out.

    `corrected` are the columns in which it changes stored rows. A correction shows at once. It makes the rollups that
    store such a column stale: the caller sees to it that they are filled again.
    """

    def __init__(
        self,
        engine: Engine,
        data_lock: ReadWriteLock,
        table: str,
        files: Sequence[str],
        tombstones: Tombstones,
    ) -> None:
        self.dimension = DIMENSION_TABLES[table]
        self._incoming = engine.scratch_table(f"{table}_incoming")
        super().__init__(engine, data_lock, table, files, tombstones)

    def drop(self) -> None:
        self.engine.command(f"TRUNCATE TABLE {self._incoming}")
        self.engine.command(f"DELETE FROM {self.table}_versions WHERE load_id = {self.entry.load_id}")
        if self.entry.rows:
            drop_rejected(self.engine, self.entry.load_id)

    def _sift(self) -> None:
        """Keep rows in the incoming table: the last row of each id is known only at the end."""

    def count(self) -> LoadSummary:
        self._stage()
        return self._summary()

    def commit(self) -> LoadSummary:
        self._stage()
        self.before_showing(self._summary())
        self.entry = ledger.move(self.engine, self.entry, State.COMMITTING)
        with self.data_lock.writing():
            note_stale(self.engine, self.table, self.corrected)
            show_versions(self.engine, self.dimension)
            self.entry = ledger.move(self.engine, self.entry, State.DONE)
        self._tidy_up([f"{self.table}_incoming"])
        return self._summary()

    def _stage(self) -> None:
        """Write the new versions, and count all rows."""
        self._keep_out_forgotten()
        self._stage_versions()
        accepted, self.corrected = self._staged()
        duplicates = self.entry.rows - self.entry.quarantined - accepted
        self.entry = replace(self.entry, accepted=accepted, duplicates=duplicates)

    def _keep_out_forgotten(self) -> None:
        """Record that rows of forgotten people were there, and nothing else of them."""
        if self.barring is None:
            return
        self.engine.command(
            "INSERT INTO rejected_rows (load_id, table, row, reason) "
            f"SELECT {self.entry.load_id}, '{self.table}', row, '{FORGOTTEN}' FROM {self._incoming} "
            f"WHERE {self.barring.bars('id')}",
            self.barring.parameters,
        )
        kept = self.engine.query(f"SELECT count() FROM {rows_kept_aside(self.entry.load_id)}").scalar()
        self.reasons[FORGOTTEN] += kept - self.entry.quarantined
        self.entry = replace(self.entry, quarantined=kept)

    def _stage_versions(self) -> None:
        """Write a new version of each row that is new or changed."""
        table, key, load = self.table, self.dimension.key, self.entry.load_id
        names = ", ".join(self.dimension.names)
        same = " AND ".join(f"v.{name} IS NOT DISTINCT FROM v.known_{name}" for name in self.dimension.names)
        changed = f"SELECT * FROM ({self._versions_sql()}) AS v WHERE known_key = 0 OR NOT ({same})"
        self.engine.command(
            f"INSERT INTO {table}_versions ({key}, id, {names}, load_id) "
            f"SELECT if(known_key = 0, {self.dimension.given} + row_number() OVER (PARTITION BY "
            "known_key = 0 ORDER BY row), "
            f"known_key), id, {names}, {load} FROM ({changed})"
        )

    def _staged(self) -> tuple[int, list[str]]:
        """How many versions the load brings, and the columns in which they differ from stored rows."""
        table, key, names = self.table, self.dimension.key, self.dimension.names
        changed = ", ".join(f"countIf(c.{key} != 0 AND v.{name} IS DISTINCT FROM c.{name})" for name in names)
        accepted, *corrected = self.engine.query(
            f"SELECT count(), {changed} FROM {table}_versions AS v ANY LEFT JOIN {table} AS c ON v.id = c.id "
            f"WHERE v.load_id = {self.entry.load_id}"
        ).rows[0]
        return accepted, [name for name, rows in zip(names, corrected, strict=True) if rows]

    def _versions_sql(self) -> str:
        """One row per id: its new values, and its stored ones as `known_...`. The key is 0 where the id is new."""
        table, key = self.table, self.dimension.key
        becomes = ", ".join(
            f"if(c.{key} = 0 OR n.says_{source}, n.new_{name}, c.{name}) AS {name}, c.{name} AS known_{name}"
            for name, source, _ in self.dimension.stored
        )
        stored = ", ".join(f"{sql} AS new_{name}" for name, _, sql in self.dimension.stored)
        says = ", ".join(f"says_{source}" for source in self.dimension.sources)
        return (
            f"SELECT n.id AS id, n.row AS row, c.{key} AS known_key, {becomes} "
            f"FROM (SELECT id, row, {says}, {stored} FROM ({self._last_said_sql()})) AS n "
            f"ANY LEFT JOIN {table} AS c ON n.id = c.id"
        )

    def _last_said_sql(self) -> str:
        """One row per id: for each column the last value that this load gives, and whether it gives any."""
        said = ", ".join(
            # Wrapped in a tuple, because `argMax` skips a bare NULL, which is a value here.
            f"argMaxIf(tuple(i.{source}), i.row, NOT has(i.absent, '{source}')).1 AS {source}, "
            f"max(NOT has(i.absent, '{source}')) AS says_{source}"
            for source in self.dimension.sources
        )
        return (
            f"SELECT i.id AS id, max(i.row) AS row, {said} FROM {self._incoming} AS i "
            f"WHERE i.row NOT IN {rows_kept_aside(self.entry.load_id)} GROUP BY i.id"
        )


def show_versions(engine: Engine, dimension: DimensionTable, but: int = 0) -> None:
    """Make the newest version of each row the current one, and reload the dictionary. Repeatable. Versions of undone
    loads stay for answers as of an earlier load; `but` is a load that is about to be undone.
    """
    table = dimension.table
    engine.command(f"DROP TABLE IF EXISTS {engine.scratch_table(f'{table}_next')}")
    following = make_scratch_table(engine, f"{table}_next", f"AS {table}")
    engine.command(
        f"INSERT INTO {following} SELECT * FROM {table}_versions WHERE load_id != {but} "
        f"AND load_id NOT IN {ledger.undone_sql()} ORDER BY load_id DESC LIMIT 1 BY {dimension.key}"
    )
    engine.command(f"EXCHANGE TABLES {table} AND {following}")
    engine.command(f"DROP TABLE {following}")
    engine.command(f"SYSTEM RELOAD DICTIONARY {dimension.dictionary}")
