"""Migrations: numbered SQL files, applied once each, in order, forward only, known by their checksum."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

import pyarrow as pa

from warehouse.engine.engine import Engine
from warehouse.errors import Unavailable
from warehouse.tables.table_settings import with_settings

_DECLARATION = re.compile(r"CREATE TABLE IF NOT EXISTS (\w+)\s.*\bENGINE = \w*MergeTree\b", re.DOTALL)
_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")


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
        """The statements of the file, without its comments."""
        text = re.sub(r"^--.*$", "", self.sql, flags=re.MULTILINE)
        yield from (statement.strip() for statement in text.split(";\n") if statement.strip(" \n;"))


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
        engine.command(
            "CREATE TABLE IF NOT EXISTS schema_migrations (number UInt16, name String, checksum String, "
            "applied_at DateTime64(3, 'UTC') DEFAULT now64(3)) ENGINE = MergeTree ORDER BY number"
        )
    new = _new(engine)
    for migration in new:
        for statement in migration.statements():
            engine.check_holds()
            # Repeatable (IF NOT EXISTS), because all migrations are recorded together at the end, and a process may die
            # before that.
            repeatable = re.sub(r"^CREATE TABLE (?!IF)", "CREATE TABLE IF NOT EXISTS ", statement)
            found = _DECLARATION.match(repeatable)
            engine.command(with_settings(found[1], repeatable) if found else repeatable)
    if new:
        engine.sync()
        engine.write("schema_migrations", _records(new))
    return [migration.name for migration in new]


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
