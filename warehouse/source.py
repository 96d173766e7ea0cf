"""Sources: the masked, scoped subquery that is the only way to read a table.

Filters, groups, sorts and joins are written around it, so they see masks where the asker does, and no row out of scope.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from warehouse.access import Access
from warehouse.errors import Forbidden
from warehouse.masks import mask_sql
from warehouse.model.columns import MOVIE_COLUMNS, REVIEW_COLUMNS, USER_COLUMNS, Column, Kind
from warehouse.model.facts import FACTS, Fact
from warehouse.model.rollups import Rollup
from warehouse.parameters import Parameters


@dataclass(frozen=True)
class Source:
    """A table and the columns it can show, of which `rollup` is the declaration where it is one.

    Scopes in `open_to` do not limit it, because its rows tell nothing about what they limit.
    """

    name: str
    table: str
    columns: Mapping[str, Column]
    rollup: Rollup | None = None
    open_to: frozenset[str] = frozenset()


USERS = Source("users", "users", USER_COLUMNS)
# The catalogue is the same for whoever's viewers a token reaches; figures beside it are counted in scope.
MOVIES = Source("movies", "movies", MOVIE_COLUMNS, open_to=frozenset({"country", "subscription"}))
REVIEWS = Source("ratings", "ratings", REVIEW_COLUMNS)


def fact_source(fact: Fact) -> Source:
    """The rows of a fact."""
    return Source(fact.slug, fact.table, fact.columns)


def rollup_source(rollup: Rollup) -> Source:
    """The rows of a rollup: its step's start as `start_time`, its keys, and what can be looked up by them."""
    columns = {"start_time": Column("start_time", "bucket", ("bucket",), Kind.INSTANT)}
    for slug, column in FACTS["viewing"].columns.items():
        if slug in rollup.keys:
            columns[slug] = Column(slug, slug, (slug,), column.kind, column.covered_by, column.survives)
        elif column.kind is not Kind.INSTANT and set(column.needs) <= set(rollup.keys):
            columns[slug] = column
    return Source(rollup.name, rollup.name, MappingProxyType(columns), rollup)


def read(
    source: Source, columns: Iterable[str], access: Access, parameters: Parameters, states: Iterable[str] = ()
) -> str:
    """The subquery that shows `columns` of a source as `access` may see them, and stored aggregates `states`.

    Raises: Forbidden when the asker's scope can't be applied to this table: a scope that can't be evaluated denies.
    """
    shown = [f"{_masked(source.columns[slug], access)} AS {slug}" for slug in dict.fromkeys(columns)]
    where = _scope(source, access, parameters)
    return f"(SELECT {', '.join([*shown, *states]) or '1'} FROM {source.table}{where})"


def _masked(column: Column, access: Access) -> str:
    strategy = access.masks.get(column.covered_by) if column.covered_by else None
    if strategy is None or strategy in column.survives:
        return column.sql
    return mask_sql(strategy, column.sql)


def _scope(source: Source, access: Access, parameters: Parameters) -> str:
    tests = []
    for slug, values in access.scope.items():
        if slug in source.open_to:
            continue
        if slug not in source.columns:
            raise Forbidden(
                f"Your token is limited to some values of {slug}, and {source.name} can't be read by {slug}."
            )
        tests.append(f"{source.columns[slug].sql} IN {parameters.add(list(values), 'Array(String)')}")
    return f" WHERE {' AND '.join(tests)}" if tests else ""
