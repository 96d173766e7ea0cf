"""A load of a fact: each batch is keyed and sifted, staged with its rollups, and attached partition by partition."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Protocol

from warehouse.engine import Engine
from warehouse.ids import to_text_sql
from warehouse.loads import ledger
from warehouse.loads.ledger import State
from warehouse.loads.load import Load, LoadSummary
from warehouse.model.rollups import ROLLUPS


class Gate(Protocol):
    """Keeps readers out while `writing` is held."""

    def writing(self) -> AbstractContextManager[None]:
        """Wait for readers to leave, and hold new ones back."""


@dataclass(frozen=True)
class FactTable:
    """How one fact's incoming rows become stored rows.

    `stored` maps a column to SQL over `i`, an incoming row; `content` is what two rows of one id are compared by.
    """

    table: str
    time: str
    stored: tuple[tuple[str, str], ...]
    content: tuple[str, ...]
    rollups: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The stored columns that files bring."""
        return tuple(name for name, _ in self.stored)

    @property
    def content_hash(self) -> str:
        """SQL of a stored row's content, to tell a repeated row from a conflicting one."""
        return f"cityHash64(user_key, movie_key, {', '.join(self.content)})"


FACT_TABLES = {
    "viewing_sessions": FactTable(
        "viewing_sessions",
        "start_time",
        (
            ("start_time", "i.start_time"),
            ("watch_minutes_e4", "assumeNotNull(i.watch_minutes_e4)"),
            ("completion_e6", "i.completion_e6"),
            ("device_type", "toLowCardinality(ifNull(i.device_type, ''))"),
            ("quality", "toLowCardinality(ifNull(i.quality, ''))"),
            ("buffering_count", "i.buffering_count"),
            ("attributes", "CAST(ifNull(i.attributes, '{}') AS JSON(max_dynamic_paths = 64))"),
        ),
        (
            "start_time",
            "watch_minutes_e4",
            "ifNull(toInt64(completion_e6), -1)",
            "device_type",
            "quality",
            "ifNull(toInt32(buffering_count), -1)",
        ),
        tuple(rollup.name for rollup in ROLLUPS),
    ),
    "ratings": FactTable(
        "ratings",
        "rating_date",
        (
            ("rating_e2", "assumeNotNull(i.rating_e2)"),
            ("review_text", "ifNull(i.review_text, '')"),
            ("rating_date", "i.rating_date"),
        ),
        ("rating_e2", "review_text", "rating_date"),
        (),
    ),
}

DUPLICATE = "DUPLICATE"


class FactLoad(Load):
    """Rows of a fact. An exact repeat is a duplicate and left out; a row of an unknown user or film, or one whose id is
    taken by another content, goes to `rejected_rows`."""

    def __init__(self, engine: Engine, gate: Gate, table: str, files: Sequence[str]) -> None:
        self.fact = FACT_TABLES[table]
        self.gate = gate
        super().__init__(engine, table, files)
        self.drop()

    def drop(self) -> None:
        for name in (
            f"{self.table}_incoming",
            f"{self.table}_staging",
            *(f"{rollup}_staging" for rollup in self.fact.rollups),
        ):
            self.engine.command(f"TRUNCATE TABLE {name}")
        self.engine.command(f"DROP TABLE IF EXISTS {self.table}_sifted")
        if self.entry.rows:
            self.engine.command(
                "DELETE FROM rejected_rows WHERE load_id = {load:UInt32}",
                {"load": self.entry.load_id},
                lightweight_deletes_sync=2,
            )

    def commit(self) -> LoadSummary:
        pieces = self._staged_partitions()
        self.entry = ledger.move(
            self.engine,
            replace(self.entry, partitions=tuple(f"{table}/{part}" for table, part in pieces)),
            State.COMMITTING,
        )
        with self.gate.writing():
            for table, partition in pieces:
                self.engine.command(f"ALTER TABLE {table} ATTACH PARTITION ID '{partition}' FROM {table}_staging")
            self.entry = ledger.move(self.engine, self.entry, State.DONE)
        self.engine.command(f"TRUNCATE TABLE {self.table}_staging")
        for rollup in self.fact.rollups:
            self.engine.command(f"TRUNCATE TABLE {rollup}_staging")
        return self._summary()

    def _staged_partitions(self) -> list[tuple[str, str]]:
        found = self.engine.query(
            "SELECT DISTINCT substring(table, 1, length(table) - length('_staging')) AS live, partition_id "
            "FROM system.parts "
            "WHERE database = currentDatabase() AND active AND rows > 0 AND table IN {tables:Array(String)} "
            "ORDER BY live, partition_id",
            {"tables": [f"{name}_staging" for name in (self.table, *self.fact.rollups)]},
        )
        return [(table, partition) for table, partition in found.rows]

    def _sift(self) -> None:
        sifted = f"{self.table}_sifted"
        self.engine.command(f"DROP TABLE IF EXISTS {sifted}")
        self.engine.command(f"CREATE TABLE {sifted} ENGINE = Memory AS {self._sifting_sql()}")
        names = ", ".join(("id", "user_key", "movie_key", *self.fact.names))
        self.engine.command(
            f"INSERT INTO {self.table}_staging ({names}, load_id) "
            f"SELECT {names}, {self.entry.load_id} FROM {sifted} WHERE reason = ''"
        )
        self.engine.command(
            f"INSERT INTO rejected_rows (load_id, table, row, reason, original) "
            f"SELECT {self.entry.load_id}, '{self.table}', row, reason, original FROM {sifted} WHERE reason "
            f"NOT IN ('', '{DUPLICATE}')"
        )
        counted = self.engine.query(f"SELECT reason, count() FROM {sifted} GROUP BY reason")
        self._count({str(reason): int(rows) for reason, rows in counted.rows})
        self.engine.command(f"DROP TABLE {sifted}")
        self.engine.command(f"TRUNCATE TABLE {self.table}_incoming")

    def _count(self, by_reason: dict[str, int]) -> None:
        duplicates, accepted = by_reason.pop(DUPLICATE, 0), by_reason.pop("", 0)
        self.entry = replace(
            self.entry,
            accepted=self.entry.accepted + accepted,
            duplicates=self.entry.duplicates + duplicates,
            quarantined=self.entry.quarantined + sum(by_reason.values()),
        )

    def _sifting_sql(self) -> str:
        """Incoming rows as stored rows, each with the reason it is left out for, or ''.

        Ids are checked against the rows within a day of the batch's time span: an unlimited check would read the table.
        """
        fact = self.fact
        stored = ", ".join(f"{sql} AS {name}" for name, sql in fact.stored)
        original = ", ".join(f"'{name}', {to_text_sql('i.' + name)}" for name in ("id", "user_id", "movie_id"))
        keyed = (
            f"SELECT *, {fact.content_hash} AS content FROM ("
            f"SELECT i.id AS id, i.row AS row, u.user_key AS user_key, m.movie_key AS movie_key, {stored}, "
            f"toJSONString(map({original})) AS original "
            f"FROM {self.table}_incoming AS i "
            "ANY LEFT JOIN (SELECT id, user_key FROM users) AS u ON i.user_id = u.id "
            "ANY LEFT JOIN (SELECT id, movie_key FROM movies) AS m ON i.movie_id = m.id)"
        )
        day = 86_400
        span = (
            f"{fact.time} BETWEEN (SELECT min({fact.time}) - {day} FROM {self.table}_incoming) "
            f"AND (SELECT max({fact.time}) + {day} FROM {self.table}_incoming)"
        )
        known = " UNION ALL ".join(
            f"SELECT id, {fact.content_hash} AS content, toUInt64(0) AS row FROM {table} "
            f"WHERE {span} AND id IN (SELECT id FROM {self.table}_incoming)"
            for table in (self.table, f"{self.table}_staging")
        )
        repeated = (
            f"SELECT id, content, row FROM ({keyed}) "
            f"WHERE id IN (SELECT id FROM {self.table}_incoming GROUP BY id HAVING count() > 1)"
        )
        first = (
            "SELECT id, argMin(content, row) AS first_content, min(row) AS first_row "
            f"FROM ({known} UNION ALL {repeated}) GROUP BY id"
        )
        return (
            "SELECT k.* EXCEPT (content), multiIf(f.id != 0 AND f.first_row != k.row AND f.first_content = "
            f"k.content, '{DUPLICATE}', "
            "f.id != 0 AND f.first_row != k.row, 'CONFLICT', k.user_key = 0, 'UNKNOWN_USER', k.movie_key = "
            "0, 'UNKNOWN_MOVIE', '') AS reason "
            f"FROM ({keyed}) AS k ANY LEFT JOIN ({first}) AS f ON k.id = f.id"
        )
