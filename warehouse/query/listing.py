"""Listings of films, users and ratings: the figures that rows can carry, the number of rows, and single rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from warehouse import ids
from warehouse.access import Access
from warehouse.engine.engine import Engine
from warehouse.model.columns import Kind
from warehouse.model.facts import FACTS
from warehouse.model.measures import HOUR_UNITS, RATING_UNITS
from warehouse.query.masked_source import MOVIES, REVIEWS, SESSIONS, USERS, Source, fact_source, read
from warehouse.query.parameters import Parameters
from warehouse.query.predicates import (
    combined_sql,
    condition_sql,
    id_condition_sql,
    key_condition_sql,
    several_sql,
    tested_sql,
)
from warehouse.query.question import AllOf, Condition, Filter, conditions_of


@dataclass(frozen=True)
class Tally:
    """A figure for each row, computed from a fact by a key: `sql` over the fact's columns in `needs`.

    `empty` is its SQL where the fact has no row.
    """

    slug: str
    fact: str
    key: str
    needs: tuple[str, ...]
    sql: str
    empty: str


@dataclass(frozen=True)
class RowId:
    """A source's id as a key of 128 bits, and the day in UTC on which the row must be, where that is known."""

    key: int
    day: date | None = None


@dataclass(frozen=True)
class Listing:
    """A source, the dense key by which figures and films are joined to its rows, and the figures that they can carry.

    Pages are finally ordered by the source's `id`: a dense key would reveal how many rows, visible or not, came before.
    With `dated_by`, an instant of the row, single rows are found faster by id where its day in UTC is known; rows of a
    listing that is `newest_first` are ordered by it, unless something else is asked.
    """

    source: Source
    key: str
    tallies: tuple[Tally, ...] = ()
    dated_by: str | None = None
    newest_first: bool = False

    def then(self, load: int | None) -> "Listing":
        """The listing as of a load."""
        return replace(self, source=replace(self.source, as_of=load))


_HOURS = f"sum(watch_minutes_e4) / {HOUR_UNITS}"
_STARS = f"sum(rating_e2) / (count() * {RATING_UNITS})"

USER_LIST = Listing(
    USERS,
    "user_key",
    (
        Tally("views", "viewing", "user_key", (), "count()", "0"),
        Tally("watch_hours", "viewing", "user_key", ("watch_minutes_e4",), _HOURS, "0"),
    ),
)
MOVIE_LIST = Listing(
    MOVIES,
    "movie_key",
    (
        Tally("views", "viewing", "movie_key", (), "count()", "0"),
        Tally("average_rating", "rating", "movie_key", ("rating_e2",), _STARS, "NULL"),
    ),
)
REVIEW_LIST = Listing(REVIEWS, "movie_key", dated_by="rating_date")
SESSION_LIST = Listing(SESSIONS, "user_key", dated_by="start_time", newest_first=True)


def count(engine: Engine, listing: Listing, where: Filter | None, access: Access) -> int:
    """How many rows a listing has in all."""
    parameters = Parameters()
    sql = rows_sql(listing, (), where, access, parameters)
    total: int = engine.query(f"SELECT count() FROM ({sql})", parameters.values).scalar()
    return total


def by_keys(
    engine: Engine, listing: Listing, fields: tuple[str, ...], keys: Sequence[int], access: Access
) -> dict[int, dict[str, Any]]:
    """Rows by dense key; a key that is not there, or out of scope, has no row."""
    parameters = Parameters()
    wanted = f" WHERE {listing.key} IN {parameters.add(sorted(set(keys)), 'Array(UInt32)')}"
    sql = rows_sql(listing, fields, None, access, parameters, wanted) + wanted
    return {row[listing.key]: row for row in engine.query(sql, parameters.values).dicts()}


def by_ids(
    engine: Engine, listing: Listing, fields: tuple[str, ...], identities: Sequence[RowId], access: Access
) -> list[dict[str, Any]]:
    """The rows of source ids; one that is not there, or out of scope, has no row, nor one whose day is none of those
    given. The caller compares each with its own day.
    """
    parameters = Parameters()
    if not identities:
        return []
    has_tallies = any(tally.slug in fields for tally in listing.tallies)
    sql = rows_of_ids_sql(listing, () if has_tallies else fields, identities, access, parameters)
    found = list(engine.query(sql, parameters.values).dicts())
    if not has_tallies:
        return found
    # Figures are read of these rows only, which takes their keys.
    keys = [row[listing.key] for row in found]
    known = by_keys(engine, listing, fields, keys, access) if keys else {}
    return [known[key] for key in keys if key in known]


def rows_of_ids_sql(
    listing: Listing, fields: Sequence[str], identities: Sequence[RowId], access: Access, parameters: Parameters
) -> str:
    """A SELECT of rows with any of the ids; of a dated listing on any of their days, if each has one."""
    return rows_sql(listing, fields, _of_ids(listing, identities), access, parameters)


def _of_ids(listing: Listing, identities: Sequence[RowId]) -> Filter:
    of_ids = Condition("id", "in", tuple(dict.fromkeys(ids.to_text(one.key) for one in identities)))
    days = sorted({one.day for one in identities if one.day is not None})
    if listing.dated_by is None or any(one.day is None for one in identities):
        return of_ids
    return AllOf((Condition(listing.dated_by, "on_days", tuple(day.isoformat() for day in days)), of_ids))


def rows_sql(
    listing: Listing,
    fields: Sequence[str],
    where: Filter | None,
    access: Access,
    parameters: Parameters,
    counted_where: str = "",
) -> str:
    """A SELECT of some fields and the key, filtered; the caller may add a WHERE.

    `counted_where` limits by key which rows of a fact the figures read.
    """
    fields = tuple(dict.fromkeys((*fields, listing.key)))
    tallies = [tally for tally in listing.tallies if tally.slug in fields]
    columns = [field for field in fields if field not in {tally.slug for tally in tallies}]
    tested = [_condition_column(test) for test in conditions_of(where)]
    rows = f"SELECT * FROM {read(listing.source, [*columns, *tested], access, parameters)}"
    if where is not None:
        rows += f" WHERE {_where_sql(where, listing, parameters)}"
    shown = [f"r.{column} AS {column}" for column in columns]
    joins = ""
    for index, tally in enumerate(tallies):
        fact, figure, needs = fact_source(FACTS[tally.fact], listing.source.as_of), tally.sql, tally.needs
        if access.minimum_group:
            minimum = parameters.add(access.minimum_group, "UInt32")
            figure, needs = f"if(uniqExact(user_key) >= {minimum}, {figure}, {tally.empty})", (*needs, "user_key")
        counted = read(fact, (*needs, tally.key), access, parameters)
        joins += (
            f" LEFT JOIN (SELECT {tally.key}, toNullable({figure}) AS tally FROM {counted}{counted_where} "
            f"GROUP BY {tally.key}) AS t{index} "
            f"ON r.{listing.key} = t{index}.{tally.key}"
        )
        shown.append(f"ifNull(t{index}.tally, {tally.empty}) AS {tally.slug}")
    return f"SELECT * FROM (SELECT {', '.join(shown)} FROM ({rows}) AS r{joins})"


def _condition_column(test: Condition) -> str:
    return "genres" if (test.dimension, test.operator) == ("genre", "has") else test.dimension


def _where_sql(where: Filter, listing: Listing, parameters: Parameters) -> str:
    def tested(test: Condition) -> str:
        column = listing.source.columns[_condition_column(test)]
        if column.kind is Kind.ID:
            return id_condition_sql(column.slug, test, parameters)
        if column.kind is Kind.KEY:
            return key_condition_sql(column.slug, test, parameters)
        sql = tested_sql(column.slug, test) if column.may_lack else column.slug
        # Genres may be missing, too; the audit log's lists are tested as they are.
        sql = several_sql(sql) if column.slug == "genres" else sql
        return condition_sql(sql, column.kind, test, parameters)

    return combined_sql(where, tested)
