"""Parses a token's row scope and what it may send, as written on the command line and in the API."""

import re
from collections.abc import Mapping

from schema.access_policy import checked_scope
from server.identity.principal import WriteGrant
from warehouse.errors import BadInput
from warehouse.model.tables import no_table

_ROWS = re.compile(r"([1-9][0-9]{0,11})([kMG]?)/d")
_TIMES = {"": 1, "k": 1_000, "M": 1_000_000, "G": 1_000_000_000}
_SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def parse_scope(pairs: list[str]) -> Mapping[str, tuple[str, ...]]:
    """Parse a row scope from `name=value[,value]` pairs.

    Raises: BadInput, also for a malformed country.
    """
    scope: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        name, found, values = pair.partition("=")
        if not found or not name or not all(values.split(",")):
            raise BadInput(f"--scope is {pair!r}, expected name=value or name=value,value: country=US,CA.")
        scope[name] = scope.get(name, ()) + tuple(values.split(","))
    return checked_scope(scope)


def parse_writes(tables: str, columns: str, most_rows: str, source: str) -> WriteGrant:
    """Parse what a token of the role ingest may send: `viewing_sessions,ratings`, `users.username,users.age`, `1M/d`,
    and a name for its loads; empty texts set no limit.

    Raises: BadInput for an unknown table or column, or another form.
    """
    grant = WriteGrant(_listed(tables), _listed(columns), _rows_a_day(most_rows), source)
    if grant.tables or grant.columns:
        _check_names(grant)
    if source and not _SOURCE.fullmatch(source):
        raise BadInput(f"--source is {source!r}, expected up to 64 letters, digits, dots, dashes and underscores.")
    return grant


def _check_names(grant: WriteGrant) -> None:
    # Most tokens name no tables, and their types take longer to import than a token takes to issue.
    from warehouse.tables.incoming_schemas import INCOMING

    for table in grant.tables:
        if table not in INCOMING:
            raise BadInput(f"--tables: {no_table(table)}")
    for name in grant.columns:
        table, _, column = name.partition(".")
        if table not in INCOMING or not column:
            raise BadInput(f"--columns is {name!r}, expected table.column: users.username.")
        if grant.tables and table not in grant.tables:
            raise BadInput(f"--columns names {table}, which is not among --tables.")


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _rows_a_day(text: str) -> int | None:
    if not text:
        return None
    match = _ROWS.fullmatch(text)
    if not match:
        raise BadInput(f"--max-rows is {text!r}, expected rows a day: 50000/d, 200k/d, 1M/d.")
    return int(match[1]) * _TIMES[match[2]]
