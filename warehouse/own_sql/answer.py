"""The answer to SQL of one's own: over the masked, scoped subqueries by which every table is read, as everywhere."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from warehouse.access import Access
from warehouse.audit.record import current
from warehouse.engine.address import Server
from warehouse.engine.allowance import Allowance, allowed
from warehouse.engine.engine import Engine, Rows
from warehouse.errors import BadInput, EngineFault, Forbidden, TooExpensive
from warehouse.ids import to_text_sql
from warehouse.model.columns import Kind
from warehouse.own_sql.allowed import check, table_names
from warehouse.own_sql.syntax_tree import Node, normalised, tokens, told, tree_of
from warehouse.query.masked_source import (
    ASSIGNMENTS,
    EXPERIMENTS,
    MOVIES,
    REVIEWS,
    SESSIONS,
    USERS,
    Source,
    read,
)
from warehouse.query.parameters import Parameters
from warehouse.warehouse import Warehouse

# Columns of bookkeeping that say nothing of a session.
_HIDDEN = frozenset({"load_id"})


def _with_written_ids(source: Source) -> Source:
    """A source with ids as their source wrote them."""
    columns = {
        slug: replace(column, sql=to_text_sql(column.sql)) if column.kind is Kind.ID else column
        for slug, column in source.columns.items()
        if slug not in _HIDDEN
    }
    return replace(source, columns=MappingProxyType(columns))


TABLES: Mapping[str, Source] = MappingProxyType(
    {
        "users": _with_written_ids(USERS),
        "movies": _with_written_ids(MOVIES),
        "viewing_sessions": _with_written_ids(SESSIONS),
        "ratings": _with_written_ids(REVIEWS),
        "experiments": _with_written_ids(EXPERIMENTS),
        "assignments": _with_written_ids(ASSIGNMENTS),
    }
)
# Names that are in no database: a name that the statement does not define itself, and that is none of TABLES, is then
# unknown to the engine instead of being a stored table.
_PREFIX = "own_sql_"
# Words of the language are in capitals in what the engine writes.
_NAME = re.compile(r"[a-z_][a-z0-9_]*")


@dataclass(frozen=True)
class Answer:
    """Names of columns, and rows in the order of the statement."""

    names: tuple[str, ...]
    rows: Sequence[Sequence[Any]]


def columns_of(table: str) -> list[str]:
    """The columns of one of TABLES."""
    return list(TABLES[table].columns)


def answered(warehouse: Warehouse, sql: str, access: Access) -> Answer:
    """The answer to one SELECT over TABLES as `access` sees them, of one state of the data.

    Raises: BadInput for a statement that is none, Forbidden for what it may not say, TooExpensive for more rows than an
    answer may have, and the errors of all questions.
    """
    if access.minimum_group:
        raise Forbidden(f"SQL can't leave out groups of fewer than {access.minimum_group} people.")
    allowance = Allowance(access.statement_seconds, access.statement_memory_bytes, scope=access.scope)
    with allowed(allowance):
        written = normalised(warehouse.engine, sql)
        tree = tree_of(warehouse.engine, written)
        check(written, tree, TABLES)
        named = table_names(tree)
        record = current()
        if record is not None:
            record.fields = tuple(name for name in named if name in TABLES)
            record.document_hash = sha256(written.encode()).hexdigest()
        parameters = Parameters()
        renamed = _renamed(warehouse.engine, written, tree, named)
        statement = _over_masked(warehouse.engine, renamed, named, access, parameters)
        warehouse.reader.check_whole()
        found = warehouse.read_consistently.sent(
            allowance, lambda: _run(warehouse.engine, statement, parameters, access, named)
        )
    if record is not None:
        record.rows, record.unmasked = len(found.rows), tuple(sorted(access.unmasked))
    return Answer(tuple(_shown(name) for name in found.names), found.rows)


def _renamed(engine: Engine, written: str, tree: Node, named: Sequence[str]) -> str:
    """The statement with other names for all its tables.

    Raises: Forbidden where that would change anything else.
    """
    for name in named:
        if not _NAME.fullmatch(name):
            raise Forbidden(f"The name {name[:60]!r} of a table has other characters than a-z, digits and underscores.")
    renamed = "".join(f"{_PREFIX}{token}" if token in named else token for token in tokens(written))
    if _skeleton(tree_of(engine, renamed)) != _skeleton(tree):
        raise Forbidden(f"A name in WITH means something else too. Use others than {', '.join(named)}.")
    return renamed


def _skeleton(tree: Node) -> list[tuple[str, str]]:
    return [(node.kind, node.text.replace(_PREFIX, "")) for node in tree.all()]


def _over_masked(engine: Engine, renamed: str, named: Sequence[str], access: Access, parameters: Parameters) -> str:
    """The statement after a masked subquery for each table that it names."""
    masked = [f"{_PREFIX}{name} AS {_masked(engine, name, access, parameters)}" for name in named if name in TABLES]
    if not masked:
        return renamed
    begin, _, rest = renamed.partition(" ")
    return f"WITH {', '.join(masked)}{f', {rest}' if begin.upper() == 'WITH' else f' {renamed}'}"


def _masked(engine: Engine, name: str, access: Access, parameters: Parameters) -> str:
    source = TABLES[name]
    # A name with its database is never that of a subquery.
    masked = read(replace(source, table=f"{{database}}.{source.table}"), columns_of(name), access, parameters)
    return masked.replace("{database}", engine.database)


def _shown(name: str) -> str:
    return name.replace(_PREFIX, "")


def _run(engine: Engine, statement: str, parameters: Parameters, access: Access, named: Sequence[str]) -> Rows:
    limits: dict[str, Any] = {"max_result_rows": access.max_rows, "result_overflow_mode": "throw"}
    if not isinstance(engine.address, Server):
        # An account of a server has its own.
        limits["readonly"] = 2
    try:
        return engine.query(statement, parameters.values, **limits)
    except EngineFault as error:
        said = told(error, *parameters.values.values()).replace(_PREFIX, "")
        raise BadInput(f"{said}{_meant(said, named)}") from error
    except TooExpensive as error:
        raise TooExpensive(
            f"The answer needs more memory than it may, or has more than {access.max_rows:,} rows. Add LIMIT, or group."
        ) from error


def _meant(said: str, named: Sequence[str]) -> str:
    """What an unknown name may stand for."""
    known = [*TABLES, *(column for name in named if name in TABLES for column in columns_of(name))]
    for word in tokens(said):
        near = get_close_matches(word.strip("`'"), known, n=1, cutoff=0.75)
        if near and near[0] != word.strip("`'"):
            return f" Did you mean {near[0]}?"
    return f" Tables: {', '.join(TABLES)}." if "table" in said.lower() else ""
