"""Migrations: numbered SQL files, applied once each, in order, forward only, known by their checksum."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import groupby

import pyarrow as pa

from warehouse.engine.engine import Engine
from warehouse.errors import Unavailable
from warehouse.tables.scratch_tables import drop_fenced, make_scratch_table
from warehouse.tables.shadow_tables import partitions
from warehouse.tables.table_settings import with_settings

_DECLARATION = re.compile(r"CREATE TABLE IF NOT EXISTS (\w+)\s.*\bENGINE = \w*MergeTree\b", re.DOTALL)
_ALTERATION = re.compile(r"ALTER TABLE (\w+)\s")
_DROP = re.compile(r"DROP TABLE IF EXISTS (\w+)$")
_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")
_AGAIN = (
    (r"^CREATE TABLE (?!IF)", "CREATE TABLE IF NOT EXISTS "),
    (r"^DROP TABLE (?!IF)", "DROP TABLE IF EXISTS "),
    (r"\bADD COLUMN (?!IF)", "ADD COLUMN IF NOT EXISTS "),
)
# Tables that processes write into without the right to write: their rows can't be copied aside. What changes them must
# be harmless if it comes late.
WRITTEN_BY_ALL = frozenset(
    {"audit_log", "revoked_tokens", "issued_tokens", "boards", "alerts", "alert_events", "alert_deliveries"}
    | {"reports", "report_deliveries", "published_operations"}
)

# The table that says which migrations are applied.
MIGRATIONS_TABLE = (
    "CREATE TABLE IF NOT EXISTS schema_migrations (number UInt16, name String, checksum String, "
    "applied_at DateTime64(3, 'UTC') DEFAULT now64(3)) ENGINE = MergeTree ORDER BY number"
)


@dataclass(frozen=True)
class Migration:
    """One file: its number, name and text."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """A checksum of the text, to notice edits after it was applied."""
        return hashlib.sha256(self.sql.encode()).hexdigest()[:16]

    def statements(self) -> Iterator[str]:
        """The statements of the file, without its comments; each may be run again. All migrations are recorded together
        at the end, and a process may die before that."""
        text = re.sub(r"^--.*$", "", self.sql, flags=re.MULTILINE)
        yield from (_repeatable(statement.strip()) for statement in text.split(";\n") if statement.strip(" \n;"))


def known() -> list[Migration]:
    """The migrations that this version of Marquee has, in order."""
    found = (path for path in (files("warehouse") / "migrations").iterdir() if _NAME.fullmatch(path.name))
    return sorted(
        (Migration(int(path.name[:4]), path.name, path.read_text(encoding="utf-8")) for path in found),
        key=lambda migration: migration.number,
    )


def migrate(engine: Engine) -> list[str]:
    """Apply new migrations, and return their names.

    Raises: Unavailable when the warehouse was made by a newer version, or an applied file was edited.
    """
    if not _has_table(engine):
        engine.command(MIGRATIONS_TABLE)
    new = _new(engine)
    for migration in new:
        for table, statements in groupby(migration.statements(), key=_altered):
            if engine.fence.lease and table and table not in WRITTEN_BY_ALL:
                _alter_aside(engine, table, list(statements))
            else:
                for statement in statements:
                    _apply(engine, statement)
    if new:
        engine.sync()
        engine.write("schema_migrations", _records(new))
    return [migration.name for migration in new]


def _repeatable(statement: str) -> str:
    for pattern, again in _AGAIN:
        statement = re.sub(pattern, again, statement)
    return statement


def _altered(statement: str) -> str:
    """The table that a statement changes; '' for statements that only make one, or drop it."""
    found = _ALTERATION.match(statement)
    return found[1] if found else ""


def _apply(engine: Engine, statement: str) -> None:
    engine.check_holds()
    declared, dropped = _DECLARATION.match(statement), _DROP.match(statement)
    if dropped and engine.fence.lease:
        drop_fenced(engine, dropped[1])
    else:
        engine.command(with_settings(declared[1], statement) if declared else statement)


def _alter_aside(engine: Engine, table: str, statements: Sequence[str]) -> None:
    """Change a copy of a table that other processes may have, with its rows linked, and exchange the two. The copy is a
    scratch table, so a process that was stopped during this changes nothing once another has taken over.
    """
    engine.command(f"DROP TABLE IF EXISTS {engine.scratch_table(f'{table}_next')}")
    aside = make_scratch_table(engine, f"{table}_next", f"AS {table}")
    for piece in partitions(engine, table):
        engine.command(f"ALTER TABLE {aside} ATTACH PARTITION ID '{piece}' FROM {table}")
    for statement in statements:
        engine.command(re.sub(rf"^ALTER TABLE {table}\b", f"ALTER TABLE {aside}", statement))
    engine.command(f"EXCHANGE TABLES {table} AND {aside}")
    engine.command(f"DROP TABLE {aside}")


def is_migrated(engine: Engine) -> bool:
    """Whether there is nothing to apply. Writes nothing.

    Raises: as `migrate`.
    """
    return _has_table(engine) and not _new(engine)


def _has_table(engine: Engine) -> bool:
    return bool(engine.query("EXISTS TABLE schema_migrations").scalar())


def _new(engine: Engine) -> list[Migration]:
    """The migrations that are not applied yet, in order."""
    applied = {
        number: (name, checksum)
        for number, name, checksum in engine.query("SELECT number, name, checksum FROM schema_migrations").rows
    }
    ours = known()
    _refuse_foreign(applied, {migration.number: migration for migration in ours})
    return [migration for migration in ours if migration.number not in applied]


def _records(migrations: Sequence[Migration]) -> pa.Table:
    return pa.table(
        {
            "number": pa.array([migration.number for migration in migrations], pa.uint16()),
            "name": [migration.name for migration in migrations],
            "checksum": [migration.checksum for migration in migrations],
        }
    )


def _refuse_foreign(applied: dict[int, tuple[str, str]], ours: dict[int, Migration]) -> None:
    for number, (name, checksum) in applied.items():
        if number not in ours:
            raise Unavailable(
                f"The warehouse has migration {name}, which this version of Marquee does not know. Use a newer version."
            )
        if ours[number].checksum != checksum:
            raise Unavailable(f"Migration {name} was edited after it was applied. Restore the file as it was.")
