"""Sources: the masked, scoped subquery through which every table is read.

Filters, groups, sorts and joins are applied outside it, so they see masked values and no rows outside the scope.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from warehouse.access import Access
from warehouse.errors import Forbidden
from warehouse.loads.ledger import undone_sql
from warehouse.model.columns import (
    ASSIGNMENT_COLUMNS,
    EXPERIMENT_COLUMNS,
    FIRST_SESSIONS,
    HALF_HOUR,
    MOVIE_COLUMNS,
    REVIEW_COLUMNS,
    SESSION_COLUMNS,
    USER_COLUMNS,
    Column,
    Kind,
    Lookup,
    known_sql,
)
from warehouse.model.facts import FACTS, Fact
from warehouse.model.rollups import Rollup
from warehouse.model.time_steps import HALF_HOUR_S
from warehouse.query.masks import mask_sql
from warehouse.query.minimum_group import IS_TOLD, PEOPLE, told_people_sql
from warehouse.query.parameters import Parameters


@dataclass(frozen=True)
class Source:
    """A table and its readable columns, as of a load; `rollup` is its declaration if it is a rollup.

    Scopes in `open_to` are not applied, because the rows reveal nothing about them.
    """

    name: str
    table: str
    columns: Mapping[str, Column]
    rollup: Rollup | None = None
    as_of: int | None = None
    open_to: frozenset[str] = frozenset()


# Tables that keep all versions of their rows, and their keys.
VERSIONED = MappingProxyType({"movies": "movie_key", "users": "user_key", "experiments": "experiment_key"})

USERS = Source("users", "users", USER_COLUMNS)
# The catalogue does not depend on a token's viewers; figures next to it are counted in scope.
MOVIES = Source("movies", "movies", MOVIE_COLUMNS, open_to=frozenset({"country", "subscription"}))
REVIEWS = Source("ratings", "ratings", REVIEW_COLUMNS)
# What is tried is no secret of a token's viewers, either; who was shown it is counted in scope.
EXPERIMENTS = Source(
    "experiments", "experiments", EXPERIMENT_COLUMNS, open_to=frozenset({"country", "genre", "subscription"})
)
ASSIGNMENTS = Source("assignments", "assignments", ASSIGNMENT_COLUMNS)
SESSIONS = Source("sessions", "viewing_sessions", SESSION_COLUMNS)


def fact_source(fact: Fact, as_of: int | None = None) -> Source:
    """The rows of a fact, as of a load (None: the present)."""
    source = MOVIES if fact.table == MOVIES.table else Source(fact.slug, fact.table, fact.columns)
    return replace(source, as_of=as_of)


def rollup_source(rollup: Rollup) -> Source:
    """The rows of a rollup: its keys, and attributes looked up by them. `start_time` is a representative instant: the
    start of the row's piece, or of its half-hour on the piece's first day.
    """
    instant = f"toStartOfDay(bucket) + {HALF_HOUR} * {HALF_HOUR_S}" if rollup.has_half_hours else "bucket"
    columns = {"start_time": Column("start_time", instant, ("bucket",), Kind.INSTANT)}
    for slug, column in FACTS["viewing"].columns.items():
        if slug in rollup.keys:
            columns[slug] = Column(
                slug, slug, (slug,), column.kind, column.covered_by, column.survives, column.may_lack
            )
        elif column.kind is not Kind.INSTANT and set(column.needs) <= set(rollup.keys):
            columns[slug] = column
    return Source(rollup.name, rollup.name, MappingProxyType(columns), rollup)


def read(
    source: Source, columns: Iterable[str], access: Access, parameters: Parameters, states: Iterable[str] = ()
) -> str:
    """The subquery with a source's `columns` masked for `access`, and its stored aggregates `states`.

    Raises: Forbidden if the asker's scope can't be applied to this table.
    """
    if source.as_of is not None:
        source = replace(source, columns={slug: column.as_of_load() for slug, column in source.columns.items()})
    slugs = dict.fromkeys(columns)
    wanted = [source.columns[slug] for slug in slugs if slug != IS_TOLD]
    scoped = [source.columns[slug] for slug in _scoped_by(source, access)]
    told = _told_sql(source, slugs, access, parameters)
    shown = [f"{_shown(column, access, parameters, told)} AS {column.slug}" for column in wanted]
    shown += [f"{told} AS {IS_TOLD}"] if IS_TOLD in slugs else []
    select, where = ", ".join([*shown, *states]) or "1", _scope(scoped, access, parameters)
    rows = source.table
    if source.as_of is not None:
        lookups = [column.lookup for column in (*wanted, *scoped) if column.lookup is not None]
        rows = _rows_then(source.table, source.as_of) + _versions_joins(lookups, source.as_of)
    if any(column.first_session for column in wanted):
        rows += f" ANY LEFT JOIN {_first_sessions(source, access, parameters)} AS {FIRST_SESSIONS} USING (user_key)"
    # A masked value has its column's name. Without this setting, other expressions and the scope would read the mask.
    return f"(SELECT {select} FROM {rows}{where} SETTINGS prefer_column_name_to_alias = 1)"


def _rows_then(table: str, load: int) -> str:
    """A table's rows as of a load: facts loaded by then, including those undone since; for films and users the newest
    versions by then.
    """
    key = VERSIONED.get(table)
    if key is None:
        return (
            f"(SELECT * FROM {table} WHERE load_id <= {int(load)} UNION ALL "
            f"SELECT * FROM {table}_undone WHERE load_id <= {int(load)} AND load_id IN {undone_sql(after=load)}) "
            f"AS {table}_then"
        )
    versions = (
        f"SELECT * FROM {table}_versions WHERE load_id <= {int(load)} AND load_id NOT IN {undone_sql(by=load)} "
        f"ORDER BY load_id DESC LIMIT 1 BY {key}"
    )
    return f"({versions}) AS rows_then"


def _versions_joins(lookups: Sequence[Lookup], load: int) -> str:
    """The joins for look-up attributes as of a load, one per table."""
    joins = ""
    for alias, of_one in _by_versions(lookups).items():
        table, key = of_one[0].table, of_one[0].key
        columns = ", ".join(dict.fromkeys((key, *(lookup.attribute for lookup in of_one))))
        joins += f" ANY LEFT JOIN (SELECT {columns} FROM {_rows_then(table, load)}) AS {alias} USING ({key})"
    return joins


def _by_versions(lookups: Sequence[Lookup]) -> Mapping[str, Sequence[Lookup]]:
    grouped: dict[str, list[Lookup]] = {}
    for lookup in lookups:
        grouped.setdefault(lookup.versions, []).append(lookup)
    return grouped


def _first_sessions(source: Source, access: Access, parameters: Parameters) -> str:
    """Each user's first session among those that the asker may see."""
    sessions = read(fact_source(FACTS["viewing"], source.as_of), ("user_key", "start_time"), access, parameters)
    return f"(SELECT user_key, min(start_time) AS first_start FROM {sessions} GROUP BY user_key)"


def _told_sql(source: Source, slugs: Iterable[str], access: Access, parameters: Parameters) -> str:
    """SQL of whether it may be told what a row's person is like; empty if that is not asked, or everybody's is.

    Raises: Forbidden for a source that does not know its rows' people, or a scope that users can't be limited by.
    """
    if not access.minimum_group or not (PEOPLE | {IS_TOLD}) & set(slugs):
        return "1" if IS_TOLD in slugs else ""
    if "user_key" not in source.columns:
        raise Forbidden(f"{source.name} can't leave out groups of fewer than {access.minimum_group} people.")
    everybody = replace(access, minimum_group=0)
    users = read(replace(USERS, as_of=source.as_of), ("user_key", *sorted(PEOPLE)), everybody, parameters)
    return f"(user_key IN ({told_people_sql(users, parameters.add(access.minimum_group, 'UInt32'))}))"


def _shown(column: Column, access: Access, parameters: Parameters, told: str = "") -> str:
    """SQL of a column with its mask applied; NULL if unknown, or if too few people are like this one."""
    sql = _masked(column, access, parameters)
    if column.may_lack:
        sql = known_sql(sql) if sql == column.sql else f"if(isNull({known_sql(column.sql)}), NULL, {sql})"
    return f"if({told}, {sql}, NULL)" if told and column.slug in PEOPLE else sql


def _masked(column: Column, access: Access, parameters: Parameters) -> str:
    if column.covered_by is None:
        return column.sql
    strategy = access.masks.get(column.covered_by)
    lifted = access.lifted.get(column.covered_by)
    if lifted is not None and lifted not in column.survives:
        access.unmasked.add(column.covered_by)
    if strategy is None or strategy in column.survives:
        return column.sql
    return mask_sql(strategy, column.sql, access.hash_key, parameters)


def _scoped_by(source: Source, access: Access) -> Sequence[str]:
    """The columns of a source that the asker's scope limits.

    Raises: Forbidden if the source has no column for a scope.
    """
    limits = [slug for slug in access.scope if slug not in source.open_to]
    for slug in limits:
        if slug not in source.columns:
            raise Forbidden(
                f"Your token is limited to some values of {slug}, and {source.name} has no {slug} to limit by."
            )
    return limits


def _scope(columns: Sequence[Column], access: Access, parameters: Parameters) -> str:
    tests = [f"{one.sql} IN {parameters.add(list(access.scope[one.slug]), 'Array(String)')}" for one in columns]
    return f" WHERE {' AND '.join(tests)}" if tests else ""
