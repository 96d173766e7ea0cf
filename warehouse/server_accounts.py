"""Accounts of a ClickHouse server for answers, loads and migrations, with the rights that each needs, and row policies
that hold row scopes once more.

An operator applies the statements, as an account that manages access. They can be applied again.

Row policies read an asker's scope from settings that Marquee sends with each statement of the account for answers. A
statement without them fails. They hold tables of facts, users, films and rollups, not results of jobs; and not answers
about the past, to which a scope applies as things were then.
"""

from collections.abc import Iterator, Mapping

from warehouse.engine.statement_settings import PAST_SETTING, SCOPES, scope_setting
from warehouse.model.facts import FACTS
from warehouse.model.rollups import ROLLUPS
from warehouse.query.masked_source import MOVIES, USERS, VERSIONED, Source, fact_source, rollup_source
from warehouse.query.parameters import literal_sql

READER, LOADER, MIGRATOR = "marquee_reader", "marquee_loader", "marquee_migrator"
ACCOUNTS = (READER, LOADER, MIGRATOR)
# Loads make and drop tables of their own, and views that fill them.
_OF_LOADS = (
    *("SELECT", "INSERT", "TRUNCATE", "OPTIMIZE", "dictGet", "CREATE TABLE", "CREATE VIEW", "DROP TABLE", "DROP VIEW"),
    *("ALTER DELETE", "ALTER UPDATE", "ALTER SETTINGS", "ALTER MOVE PARTITION", "ALTER FREEZE PARTITION"),
    # Dictionaries read as the account that loads, which makes them anew if another one made them.
    *("CREATE DICTIONARY", "DROP DICTIONARY", "BACKUP", "UNDROP TABLE"),
)
_OF_MIGRATIONS = (*_OF_LOADS, "ALTER TABLE", "CREATE DATABASE")
# What is known of statements and tables; a server may ask for a right even to look at these.
_SYSTEM = (
    *("tables", "columns", "databases", "parts", "dictionaries", "processes", "settings"),
    *("backups", "detached_parts", "dropped_tables"),
)


def account_statements(database: str, passwords: Mapping[str, str]) -> list[str]:
    """The statements that make the accounts, in order. An account that is there keeps its password."""
    made = [
        f"CREATE USER IF NOT EXISTS {name} IDENTIFIED WITH sha256_password BY {literal_sql(passwords[name])} "
        f"DEFAULT DATABASE `{database}`"
        for name in ACCOUNTS
    ]
    # 2: settings may be sent, for limits and scopes, and nothing may be written.
    made.append(f"CREATE SETTINGS PROFILE OR REPLACE marquee_reads SETTINGS readonly = 2, allow_ddl = 0 TO {READER}")
    rights = {READER: ("SELECT", "dictGet"), LOADER: _OF_LOADS, MIGRATOR: _OF_MIGRATIONS}
    made += [f"GRANT {', '.join(rights[name])} ON `{database}`.* TO {name}" for name in ACCOUNTS]
    made += [f"GRANT SELECT ON system.{table} TO {', '.join(ACCOUNTS)}" for table in _SYSTEM]
    # Statements of others are ended when their client disconnects, and those of a process that lost its lease.
    made += [f"GRANT KILL QUERY, SYSTEM RELOAD DICTIONARY ON *.* TO {LOADER}, {MIGRATOR}"]
    return [*made, *_policies(database)]


def _policies(database: str) -> Iterator[str]:
    for table, condition in row_conditions().items():
        named = f"ON `{database}`.{table}"
        yield f"CREATE ROW POLICY OR REPLACE marquee_scope {named} USING {condition} TO {READER}"
        # A table with a policy may be empty for accounts without one.
        yield f"CREATE ROW POLICY OR REPLACE marquee_whole {named} USING 1 TO {LOADER}, {MIGRATOR}"


def row_conditions() -> Mapping[str, str]:
    """Table → the condition for a row to be in the scope that a statement's settings name."""
    conditions = {}
    for source in _sources():
        scopes = [_in_scope(source, slug) for slug in SCOPES if slug not in source.open_to]
        condition = f"getSetting('{PAST_SETTING}') = '1' OR ({' AND '.join(scopes)})"
        past = f"{source.table}_versions" if source.table in VERSIONED else f"{source.table}_undone"
        conditions[source.table] = condition
        if source.rollup is None:
            conditions[past] = condition
    return conditions


def _sources() -> Iterator[Source]:
    yield from (fact_source(FACTS[slug]) for slug in ("viewing", "rating"))
    yield from (USERS, MOVIES)
    yield from map(rollup_source, ROLLUPS)


def _in_scope(source: Source, slug: str) -> str:
    """A table that has no column for a scope has no rows under it."""
    allowed = f"JSONExtract(getSetting('{scope_setting(slug)}'), 'Array(String)')"
    is_free = f"empty({allowed})"
    return f"({is_free} OR has({allowed}, {source.columns[slug].sql}))" if slug in source.columns else is_free
