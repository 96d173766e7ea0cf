"""The snapshot for Spark: the tables that its jobs read, as partitioned Parquet. Only what changed is written.

A piece is one partition of one table, in a file named by its number of rows and a fingerprint of them. A file gets its
name only when it was read back and holds what the name says, because a load may land between the look that names it and
the writing. A piece whose file exists is not written again; files with other names are out of date and removed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from types import MappingProxyType

import pyarrow as pa

from warehouse import ids
from warehouse.access import SYSTEM
from warehouse.engine.address import Embedded
from warehouse.engine.engine import Engine
from warehouse.errors import MarqueeError, Unavailable
from warehouse.model.columns import named_sql
from warehouse.model.country_zones import OTHERWISE, zone_of_country
from warehouse.model.facts import FACTS
from warehouse.query.collation import film_key_sql
from warehouse.query.consistent_reads import ConsistentRead
from warehouse.query.masked_source import MOVIES, USERS, Source, fact_source, read
from warehouse.query.parameters import Parameters
from warehouse.staging.storage import Place

SNAPSHOT = "snapshot"
# The part of an empty table.
NO_PART = "0"
# How often a snapshot is tried while loads go on, before loads are kept out.
_LOOKS = 4
_ONE = "''"
_WRITTEN, _ROW_HASH = "written_", "row_hash"
_COUNTRIES = ",".join(f"'{country}'" for country in zone_of_country())
_ZONES = ",".join(f"'{zone}'" for zone in zone_of_country().values())
_ZONE_SQL = f"transform(country, [{_COUNTRIES}], [{_ZONES}], '{OTHERWISE}')"


@dataclass(frozen=True)
class Export:
    """How a table is exported: `columns` of `source` are read, and `shown`, name → SQL over them, is written.

    `derived`, name → SQL over the columns read, is what a job may be asked about besides those columns: a change of it
    matters, but it is not written. Rows with one value of `part_sql` are a piece, in the folder `part_name=value`;
    without it all rows are one piece. `newest_sql` is the instant of a row, for data that reach up to one.
    """

    source: Source
    columns: tuple[str, ...]
    shown: Mapping[str, str]
    part_name: str = ""
    part_sql: str = ""
    derived: Mapping[str, str] = field(default_factory=dict)
    newest_sql: str = ""

    def folder(self, table: str, part: str) -> str:
        """Where a piece's file lies."""
        return f"{SNAPSHOT}/{table}/{self.part_name}={part}" if self.part_name else f"{SNAPSHOT}/{table}"


def _as_they_are(*columns: str) -> dict[str, str]:
    return {column: column for column in columns}


_VIEWED = ("user_key", "movie_key", "device", "country", "quality", "watch_minutes_e4", "completion_e6")

EXPORTS: Mapping[str, Export] = MappingProxyType(
    {
        # The film's genre and title are read too: a correction of them changes charts by genre and the order of ties of
        # the months in which it was watched, and of no others.
        "viewing_sessions": Export(
            fact_source(FACTS["viewing"]),
            (*_VIEWED, "buffering_count", "start_time", "genre", "title"),
            {**_as_they_are(*_VIEWED, "buffering_count"), "start_time": "toDateTime64(start_time, 3, 'UTC')"},
            "month",
            "toYYYYMM(start_time)",
            {"time_zone": _ZONE_SQL},
            "start_time",
        ),
        "ratings": Export(
            fact_source(FACTS["rating"]),
            ("user_key", "movie_key", "rating_e2", "start_time", "title"),
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
                "time_zone": _ZONE_SQL,
            },
        ),
        # For session files, which name people by the source's ids. No other part of a snapshot has these ids.
        "user_countries": Export(
            USERS, ("id", "country"), {"user_id": ids.to_text_sql("id"), **_as_they_are("country")}
        ),
    }
)


# Table → the columns, read or derived, whose change matters to a job. None of them where the job only looks things up
# that another table's columns tell the change of.
Reads = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Piece:
    """One partition of a table; `part` is '' where the table has one piece only.

    `fingerprint` is of the rows as they are written. `content` is of the columns that matter to the caller, '' where
    none do. `newest_s` is its newest instant in seconds since 1970, 0 where it has none.
    """

    table: str
    part: str
    rows: int
    fingerprint: int
    content: str = ""
    newest_s: int = 0

    @property
    def file(self) -> str:
        """Its file, below the place."""
        return f"{EXPORTS[self.table].folder(self.table, self.part)}/{self.rows}-{self.fingerprint:016x}.parquet"


class _ChangedMeanwhile(MarqueeError):
    """What was written is not what the piece is named after: a load landed, or was undone, in between."""


def refresh(
    engine: Engine,
    read_consistently: ConsistentRead,
    place: Place,
    reads: Reads,
    report: Callable[[int, int], None] = lambda *_: None,
) -> Sequence[Piece]:
    """Bring the snapshot of some tables up to date; returns its pieces, in order.

    All pieces are of one state of the data: that of one look, during which loads wait. The files are written while
    loads go on, and those that hold something else are dropped; then this looks again, and finally keeps loads out.
    `report` gets how many pieces of how many are written.

    Raises: Unavailable when the place can't be written.
    """
    for _ in range(_LOOKS):
        pieces = look(engine, read_consistently, reads)
        if _write_missing(engine, place, pieces, report):
            break
    else:
        pieces, is_whole = read_consistently(lambda: _written_meanwhile(engine, place, reads, report))
        if not is_whole:
            raise Unavailable("The data changes while a snapshot of it is written. Run the job again.")
    _remove_others(place, reads, pieces)
    return pieces


def _written_meanwhile(
    engine: Engine, place: Place, reads: Reads, report: Callable[[int, int], None]
) -> tuple[list[Piece], bool]:
    pieces = _look(engine, reads)
    return pieces, _write_missing(engine, place, pieces, report)


def look(engine: Engine, read_consistently: ConsistentRead, reads: Reads) -> list[Piece]:
    """The pieces of some tables as they would be written now, all of one state."""
    return read_consistently(lambda: _look(engine, reads))


def wrong_files(engine: Engine, place: Place, pieces: Iterable[Piece]) -> list[Piece]:
    """Those whose file is gone, or does not hold what its name says; their files are removed.

    To be asked before the files are read: they may be years old. Behind a server that can't reach the place only rows
    are counted.
    """
    wrong = []
    for piece in pieces:
        if not place.has(piece.file):
            wrong.append(piece)
        elif not _holds(engine, place, piece, piece.file):
            place.remove(piece.file)
            wrong.append(piece)
    return wrong


def _look(engine: Engine, reads: Reads) -> list[Piece]:
    return [piece for table, columns in reads.items() for piece in _pieces(engine, table, columns)]


def _rows_sql(export: Export, parameters: Parameters) -> str:
    """The subquery of what an export reads. Missing texts are UNKNOWN, not NULL, as the jobs expect."""
    columns = export.source.columns
    shown = (f"{named_sql(slug)} AS {slug}" if columns[slug].may_lack else slug for slug in export.columns)
    return f"(SELECT {', '.join(shown)} FROM {read(export.source, export.columns, SYSTEM, parameters)})"


def _row_hash_sql(export: Export, columns: Iterable[str]) -> str:
    """SQL of a hash of a written row, whose values are in these columns.

    Of a tuple, because a hash of several values is NULL if one of them is. The declaration is part of it, so that files
    of an earlier declaration are out of date.
    """
    declared = sha256(repr(sorted(export.shown.items())).encode()).hexdigest()
    return f"cityHash64(tuple('{declared}', {', '.join(columns)}))"


def _pieces(engine: Engine, table: str, wanted: Sequence[str]) -> list[Piece]:
    """A sum of the rows' hashes identifies a piece, independent of the order of rows, and counts equal rows."""
    export, parameters = EXPORTS[table], Parameters()
    shown = ", ".join(f"{sql} AS {_WRITTEN}{column}" for column, sql in export.shown.items())
    content = f"cityHash64(tuple({', '.join(export.derived.get(one, one) for one in wanted)}))" if wanted else "0"
    # Read as a stream, which may take as long as a load.
    found = engine.stream(
        f"SELECT part, count() AS rows, "
        f"sum({_row_hash_sql(export, (f'{_WRITTEN}{column}' for column in export.shown))}) AS hash, "
        f"sum(content) AS content, max(instant_s) AS newest_s "
        f"FROM (SELECT toString({export.part_sql or _ONE}) AS part, {content} AS content, "
        f"{f'toUnixTimestamp({export.newest_sql})' if export.newest_sql else '0'} AS instant_s, {shown} "
        f"FROM {_rows_sql(export, parameters)}) GROUP BY part ORDER BY part",
        parameters.values,
    )
    pieces = [
        Piece(
            table,
            str(row["part"]),
            row["rows"],
            row["hash"],
            f"{table} {row['part']} {row['rows']} {row['content']:016x}" if wanted else "",
            row["newest_s"],
        )
        for batch in found
        for row in batch.to_pylist()
    ]
    # An empty table has a file too, so that readers find its columns.
    return pieces or [Piece(table, NO_PART if export.part_sql else "", 0, 0, f"{table} empty" if wanted else "")]


def _write_missing(engine: Engine, place: Place, pieces: Sequence[Piece], report: Callable[[int, int], None]) -> bool:
    """Write what is not there. Returns whether all of it was still as it had been seen."""
    missing = [piece for piece in pieces if not place.has(piece.file)]
    for done, piece in enumerate(missing):
        report(done, len(missing))
        hashes: list[int] = []
        try:
            place.write(
                piece.file,
                list(EXPORTS[piece.table].shown),
                partial(_write, engine, place, piece, hashes),
                partial(_check_written, engine, place, piece, hashes),
            )
        except _ChangedMeanwhile:
            return False
    return True


def _remove_others(place: Place, reads: Reads, pieces: Sequence[Piece]) -> None:
    """Remove files that are out of date."""
    there = {file for table in reads for file in place.files(f"{SNAPSHOT}/{table}")}
    for file in there - {piece.file for piece in pieces}:
        place.remove(file)


def _write(engine: Engine, place: Place, piece: Piece, hashes: list[int], name: str) -> None:
    """Write a piece as a file of that name: directly from the engine if it can reach the place, else through this
    process, which then adds up the rows' hashes."""
    export, parameters = EXPORTS[piece.table], Parameters()
    rows = _rows_sql(export, parameters)
    shown = ", ".join(f"{sql} AS {column}" for column, sql in export.shown.items())
    test = f" WHERE {export.part_sql} = {parameters.add(int(piece.part), 'UInt32')}" if export.part_sql else ""
    # Filtered in a subquery, because a written column may have the name of a read one and another value.
    sql = f"SELECT {shown} FROM (SELECT * FROM {rows}{test})"
    if _reaches(engine, place):
        engine.command(f"INSERT INTO FUNCTION {place.function_sql(name)} {sql}", parameters.values)
    else:
        schema = engine.table(f"{sql} LIMIT 0", parameters.values).schema
        hashed = f"SELECT *, {_row_hash_sql(export, export.shown)} AS {_ROW_HASH} FROM ({sql})"
        place.write_batches(name, schema, _without_hashes(engine.stream(hashed, parameters.values), hashes))


def _without_hashes(batches: Iterable[pa.RecordBatch], hashes: list[int]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        hashes.extend(batch[_ROW_HASH].to_pylist())
        yield batch.drop_columns([_ROW_HASH])


def _check_written(engine: Engine, place: Place, piece: Piece, hashes: Sequence[int], name: str) -> None:
    """Raises: _ChangedMeanwhile if a file that was just written does not hold what the piece's name says."""
    through_us = not _reaches(engine, place)
    if through_us and sum(hashes) % 2**64 != piece.fingerprint:
        raise _ChangedMeanwhile(f"{piece.file}: other rows")
    if not _holds(engine, place, piece, name):
        raise _ChangedMeanwhile(f"{piece.file}: other rows")


def _holds(engine: Engine, place: Place, piece: Piece, file: str) -> bool:
    """Whether a file has the rows that a piece's name says."""
    if not _reaches(engine, place):
        return place.rows_of(file) == piece.rows
    export, parameters = EXPORTS[piece.table], Parameters()
    shown = ", ".join(f"{sql} AS {column}" for column, sql in export.shown.items())
    kinds = engine.query(f"DESCRIBE (SELECT {shown} FROM {_rows_sql(export, parameters)})", parameters.values).rows
    # With the types that were written: others have other hashes.
    structure = ", ".join(f"{kind[0]} {kind[1]}" for kind in kinds)
    found = engine.stream(
        f"SELECT count() AS rows, sum({_row_hash_sql(export, export.shown)}) AS hash "
        f"FROM {place.function_sql(file, structure)}"
    )
    return [(row["rows"], row["hash"]) for batch in found for row in batch.to_pylist()] == [
        (piece.rows, piece.fingerprint)
    ]


def _reaches(engine: Engine, place: Place) -> bool:
    """Whether the engine itself writes and reads the place."""
    return place.is_bucket or isinstance(engine.address, Embedded)
