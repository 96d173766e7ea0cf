"""The snapshot for Spark: the tables that its jobs read, as partitioned Parquet. Only what changed is written.

A piece is one partition of one table, in a file named by a fingerprint of its content. A piece whose file exists is not
written again; files with other names are out of date and removed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from types import MappingProxyType

from warehouse import ids
from warehouse.access import SYSTEM
from warehouse.engine.address import Embedded
from warehouse.engine.engine import Engine
from warehouse.engine.read_write_lock import ReadWriteLock
from warehouse.model.columns import named_sql
from warehouse.model.country_zones import OTHERWISE, zone_of_country
from warehouse.model.facts import FACTS
from warehouse.query.collation import film_key_sql
from warehouse.query.masked_source import MOVIES, USERS, Source, fact_source, read
from warehouse.query.parameters import Parameters
from warehouse.staging.place import Place

SNAPSHOT = "snapshot"
# The part of an empty table.
NO_PART = "0"
# How often a snapshot is tried while loads go on, before loads are kept out.
_LOOKS = 4
_ONE = "''"
_COUNTRIES = ",".join(f"'{country}'" for country in zone_of_country())
_ZONES = ",".join(f"'{zone}'" for zone in zone_of_country().values())


@dataclass(frozen=True)
class Export:
    """How a table is exported: `columns` of `source` are read, and `shown`, name → SQL over them, is written.

    A change in any column that is read changes the fingerprint, even in one that is not written. Rows with one value of
    `part_sql` are a piece, in the folder `part_name=value`; without it all rows are one piece.
    """

    source: Source
    columns: tuple[str, ...]
    shown: Mapping[str, str]
    part_name: str = ""
    part_sql: str = ""

    def folder(self, table: str, part: str) -> str:
        """Where a piece's file lies."""
        return f"{SNAPSHOT}/{table}/{self.part_name}={part}" if self.part_name else f"{SNAPSHOT}/{table}"


def _as_they_are(*columns: str) -> dict[str, str]:
    return {column: column for column in columns}


_VIEWED = ("user_key", "movie_key", "device", "country", "quality", "watch_minutes_e4", "completion_e6")

EXPORTS: Mapping[str, Export] = MappingProxyType(
    {
        # The film's genre and title are read too, because a correction of them changes charts by genre and the order of
        # ties.
        "viewing_sessions": Export(
            fact_source(FACTS["viewing"]),
            (*_VIEWED, "buffering_count", "start_time", "genre", "title"),
            {**_as_they_are(*_VIEWED, "buffering_count"), "start_time": "toDateTime64(start_time, 3, 'UTC')"},
            "month",
            "toYYYYMM(start_time)",
        ),
        "ratings": Export(
            fact_source(FACTS["rating"]),
            ("user_key", "movie_key", "rating_e2", "start_time"),
            {
                **_as_they_are("user_key", "movie_key", "rating_e2"),
                "rating_date": "toDateTime64(start_time, 3, 'UTC')",
            },
            "year",
            "toYear(start_time)",
        ),
        "movies": Export(
            MOVIES,
            ("movie_key", "id", "title", "genre", "duration_minutes", "release_date"),
            {
                **_as_they_are("movie_key", "title", "genre", "duration_minutes", "release_date"),
                "movie_id": ids.to_text_sql("id"),
                "sort_key": film_key_sql("title", "id"),
            },
        ),
        "users": Export(
            USERS,
            ("user_key", "country", "subscription", "age_band"),
            {
                **_as_they_are("user_key", "country", "subscription", "age_band"),
                "time_zone": f"transform(country, [{_COUNTRIES}], [{_ZONES}], '{OTHERWISE}')",
            },
        ),
        # For session files, which name people by the source's ids. No other part of a snapshot has these ids.
        "user_countries": Export(
            USERS, ("id", "country"), {"user_id": ids.to_text_sql("id"), **_as_they_are("country")}
        ),
    }
)


@dataclass(frozen=True)
class Piece:
    """One partition of a table; `part` is '' where the table has one piece only."""

    table: str
    part: str
    rows: int
    fingerprint: int

    @property
    def file(self) -> str:
        """Its file, below the place."""
        return f"{EXPORTS[self.table].folder(self.table, self.part)}/{self.rows}-{self.fingerprint:016x}.parquet"


def refresh(
    engine: Engine,
    data_lock: ReadWriteLock,
    place: Place,
    tables: Iterable[str],
    report: Callable[[int, int], None] = lambda *_: None,
) -> Sequence[Piece]:
    """Bring the snapshot of some tables up to date; returns its pieces, in order.

    All pieces are of one state of the data: this repeats until nothing has changed meanwhile, and finally keeps loads
    out. `report` gets how many pieces of how many are written.

    Raises: Unavailable when the place can't be written.
    """
    wanted, before = tuple(tables), list[Piece]()
    for _ in range(_LOOKS):
        pieces = look(engine, wanted)
        if pieces == before:
            return pieces
        _write_missing(engine, place, wanted, pieces, report)
        before = pieces
    with data_lock.reading():
        pieces = look(engine, wanted)
        _write_missing(engine, place, wanted, pieces, report)
    return pieces


def look(engine: Engine, tables: Iterable[str]) -> list[Piece]:
    """The pieces of some tables as they would be written now."""
    return [piece for table in tables for piece in _pieces(engine, table)]


def _rows_sql(export: Export, parameters: Parameters) -> str:
    """The subquery of what an export reads. Missing texts are UNKNOWN, not NULL, as the jobs expect."""
    columns = export.source.columns
    shown = (f"{named_sql(slug)} AS {slug}" if columns[slug].may_lack else slug for slug in export.columns)
    return f"(SELECT {', '.join(shown)} FROM {read(export.source, export.columns, SYSTEM, parameters)})"


def _pieces(engine: Engine, table: str) -> list[Piece]:
    """A sum of the rows' hashes identifies a piece, independent of the order of rows, and counts equal rows."""
    export, parameters = EXPORTS[table], Parameters()
    rows = _rows_sql(export, parameters)
    # Hashed as a tuple, because a hash of several values is NULL if one of them is. The declaration is part of the
    # hash, so that files of an earlier declaration are out of date.
    written = sha256(repr(sorted(export.shown.items())).encode()).hexdigest()
    # Read as a stream, which may take as long as a load.
    found = engine.stream(
        f"SELECT toString({export.part_sql or _ONE}) AS part, count() AS rows, "
        f"sum(cityHash64(tuple('{written}', {', '.join(export.columns)}))) AS hash "
        f"FROM {rows} GROUP BY part ORDER BY part",
        parameters.values,
    )
    pieces = [Piece(table, str(row["part"]), row["rows"], row["hash"]) for batch in found for row in batch.to_pylist()]
    # An empty table has a file too, so that readers find its columns.
    return pieces or [Piece(table, NO_PART if export.part_sql else "", 0, 0)]


def _write_missing(
    engine: Engine,
    place: Place,
    tables: Iterable[str],
    pieces: Sequence[Piece],
    report: Callable[[int, int], None],
) -> None:
    """Write what is not there, then remove what is out of date."""
    there = {file for table in tables for file in place.files(f"{SNAPSHOT}/{table}")}
    missing = [piece for piece in pieces if piece.file not in there]
    for done, piece in enumerate(missing):
        report(done, len(missing))
        place.write(piece.file, list(EXPORTS[piece.table].shown), partial(_write, engine, place, piece))
    for file in there - {piece.file for piece in pieces}:
        place.remove(file)


def _write(engine: Engine, place: Place, piece: Piece, name: str) -> None:
    """Write a piece as a file of that name: directly from the engine if it can reach the place, else through this
    process."""
    export, parameters = EXPORTS[piece.table], Parameters()
    rows = _rows_sql(export, parameters)
    shown = ", ".join(f"{sql} AS {column}" for column, sql in export.shown.items())
    test = f" WHERE {export.part_sql} = {parameters.add(int(piece.part), 'UInt32')}" if export.part_sql else ""
    # Filtered in a subquery, because a written column may have the name of a read one and another value.
    sql = f"SELECT {shown} FROM (SELECT * FROM {rows}{test})"
    if place.is_bucket or isinstance(engine.address, Embedded):
        engine.command(f"INSERT INTO FUNCTION {place.function_sql(name)} {sql}", parameters.values)
    else:
        schema = engine.table(f"{sql} LIMIT 0", parameters.values).schema
        place.write_batches(name, schema, engine.stream(sql, parameters.values))
