"""Parses a token's time to live and row scope, as written on the command line and in the API."""

import re
from collections.abc import Mapping
from datetime import timedelta

from schema.access_policy import LONGEST_EMBED, LONGEST_LINK, LONGEST_TOKEN, checked_scope
from server.identity.principal import WriteGrant
from warehouse.errors import BadInput

_TTL = re.compile(r"([1-9][0-9]{0,5})([smhd])")
_ROWS = re.compile(r"([1-9][0-9]{0,11})([kMG]?)/d")
_TIMES = {"": 1, "k": 1_000, "M": 1_000_000, "G": 1_000_000_000}
_SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def parse_ttl(text: str, longest: timedelta = LONGEST_TOKEN, name: str = "--ttl") -> timedelta:
    """Parse a time to live: `90s`, `30m`, `1h`, `7d`.

    Raises: BadInput for any other form, or more than the policy allows.
    """
    match = _TTL.fullmatch(text)
    if not match:
        raise BadInput(f"{name} is {text!r}, expected a number with s, m, h or d: 90s, 30m, 1h, 7d.", name)
    ttl = timedelta(**{_UNITS[match[2]]: int(match[1])})
    if ttl > longest:
        raise BadInput(f"{name} is {text!r}; the longest is {longest.days}d.", name)
    return ttl


def parse_embed_ttl(text: str, name: str = "--ttl") -> timedelta:
    """Parse the time to live of an embed token, which has a lower limit because anyone who sees the page has the token.

    Raises: BadInput.
    """
    return parse_ttl(text, LONGEST_EMBED, name)


def parse_link_ttl(text: str, name: str) -> timedelta:
    """Parse the time within which a link that signs in must be used.

    Raises: BadInput.
    """
    return parse_ttl(text, LONGEST_LINK, name)


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
            raise BadInput(f"--tables: there is no table {table}. Tables: {', '.join(INCOMING)}.")
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
