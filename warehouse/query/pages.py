"""Pages of films, users and ratings: keyset cursors over masked sources, so a page costs the same wherever it is."""

import base64
import binascii
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import orjson

from warehouse.access import Access
from warehouse.engine.engine import Engine
from warehouse.errors import BadInput
from warehouse.model.columns import Kind, named_sql
from warehouse.model.facts import FACTS
from warehouse.model.measures import HOUR_UNITS, RATING_UNITS
from warehouse.query.collation import key_sql, order_sql
from warehouse.query.parameters import Parameters
from warehouse.query.predicates import condition_sql, id_condition_sql, instant_sql, several_sql
from warehouse.query.question import AllOf, AnyOf, Condition, Filter, Not, conditions_of
from warehouse.query.source import MOVIES, REVIEWS, USERS, Source, fact_source, read

# Hex digits of 96 bits, in front of a cursor's position.
_SEAL_DIGITS = 24


@dataclass(frozen=True)
class Tally:
    """A figure beside each row, counted from a fact by a key: `sql` over the fact's columns in `needs`.

    `empty` is its SQL where the fact has no row.
    """

    slug: str
    fact: str
    key: str
    needs: tuple[str, ...]
    sql: str
    empty: str


@dataclass(frozen=True)
class Listing:
    """A source, the dense key by which figures and films are joined to its rows, and the figures that they can carry.

    Its pages go by the source's `id`, last of all: a dense key would tell how many rows, seen or not, came before.
    """

    source: Source
    key: str
    tallies: tuple[Tally, ...] = ()

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
REVIEW_LIST = Listing(REVIEWS, "movie_key")


@dataclass(frozen=True)
class PageRequest:
    """What is asked: `fields` to show, how many rows, after which cursor, which rows, by which field."""

    fields: tuple[str, ...]
    first: int
    after: str | None = None
    where: Filter | None = None
    order: str | None = None
    descending: bool = False


@dataclass(frozen=True)
class Page:
    """Rows as field → value, a cursor for each, and whether more follow."""

    rows: Sequence[dict[str, Any]]
    cursors: Sequence[str]
    has_next: bool


def page(engine: Engine, listing: Listing, request: PageRequest, access: Access) -> Page:
    """One page, ordered by a field, texts as people look for them, and then by id; rows without a value come last.

    Raises: BadInput for a page size or a cursor that can't be; Forbidden when the asker's scope can't be applied.
    """
    most = min(access.max_rows, access.page_rows)
    if not 1 <= request.first <= most:
        raise BadInput(f"first is {request.first}; allowed are 1 to {most}.")
    order = request.order or "id"
    tallies = {tally.slug for tally in listing.tallies}
    late = tuple(field for field in request.fields if field in tallies and order not in tallies)
    early = (*(field for field in request.fields if field not in late), order, "id")
    parameters = Parameters()
    sql = _rows_sql(listing, replace(request, fields=early), access, parameters)
    if request.after is not None:
        sql += f" WHERE {_after_sql(request, order, listing, access, parameters)}"
    way = " DESC" if request.descending else ""
    in_order = order_sql(order, way) if _is_text(order, listing) else f"{order}{way}"
    limit = parameters.add(request.first + 1, "UInt64")
    sql += f" ORDER BY {_missing_sql(order, listing)}, {in_order}, id{way} LIMIT {limit}"
    rows = engine.query(sql, parameters.values).dicts()
    shown = rows[: request.first]
    cursors = [_cursor(listing, order, request.descending, row, access) for row in shown]
    if late and shown:
        # Figures of the rows on the page only, where the order does not need everybody's.
        figures = by_keys(engine, listing, late, [row[listing.key] for row in shown], access)
        shown = [{**row, **figures[row[listing.key]]} for row in shown]
    return Page(shown, cursors, len(rows) > request.first)


def count(engine: Engine, listing: Listing, where: Filter | None, access: Access) -> int:
    """How many rows a listing has in all."""
    parameters = Parameters()
    sql = _rows_sql(listing, PageRequest((), 1, where=where), access, parameters)
    total: int = engine.query(f"SELECT count() FROM ({sql})", parameters.values).scalar()
    return total


def by_keys(
    engine: Engine, listing: Listing, fields: tuple[str, ...], keys: Sequence[int], access: Access
) -> dict[int, dict[str, Any]]:
    """Rows by dense key; a key that is not there, or out of scope, has no row."""
    parameters = Parameters()
    wanted = f" WHERE {listing.key} IN {parameters.add(sorted(set(keys)), 'Array(UInt32)')}"
    sql = _rows_sql(listing, PageRequest(fields, 1), access, parameters, wanted) + wanted
    return {row[listing.key]: row for row in engine.query(sql, parameters.values).dicts()}


def by_id(
    engine: Engine, listing: Listing, fields: tuple[str, ...], identity: str, access: Access
) -> dict[str, Any] | None:
    """The row of one source id, or None."""
    parameters = Parameters()
    request = PageRequest(fields, 1, where=Condition("id", "eq", identity))
    rows = engine.query(_rows_sql(listing, request, access, parameters), parameters.values).dicts()
    return rows[0] if rows else None


def _rows_sql(
    listing: Listing, request: PageRequest, access: Access, parameters: Parameters, counted_where: str = ""
) -> str:
    """A SELECT of the request's fields and the key, filtered; its own WHERE is free for the caller.

    `counted_where` limits by key which rows of a fact the figures read.
    """
    fields = tuple(dict.fromkeys((*request.fields, listing.key)))
    tallies = [tally for tally in listing.tallies if tally.slug in fields]
    columns = [field for field in fields if field not in {tally.slug for tally in tallies}]
    tested = [_condition_column(test) for test in conditions_of(request.where)]
    rows = f"SELECT * FROM {read(listing.source, [*columns, *tested], access, parameters)}"
    if request.where is not None:
        rows += f" WHERE {_where_sql(request.where, listing, parameters)}"
    shown = [f"r.{column} AS {column}" for column in columns]
    joins = ""
    for index, tally in enumerate(tallies):
        counted = read(
            fact_source(FACTS[tally.fact], listing.source.as_of), (*tally.needs, tally.key), access, parameters
        )
        joins += (
            f" LEFT JOIN (SELECT {tally.key}, toNullable({tally.sql}) AS tally FROM {counted}{counted_where} "
            f"GROUP BY {tally.key}) AS t{index} "
            f"ON r.{listing.key} = t{index}.{tally.key}"
        )
        shown.append(f"ifNull(t{index}.tally, {tally.empty}) AS {tally.slug}")
    return f"SELECT * FROM (SELECT {', '.join(shown)} FROM ({rows}) AS r{joins})"


def _condition_column(test: Condition) -> str:
    return "genres" if (test.dimension, test.operator) == ("genre", "has") else test.dimension


def _where_sql(where: Filter, listing: Listing, parameters: Parameters) -> str:
    match where:
        case AllOf(parts):
            return f"({' AND '.join(_where_sql(part, listing, parameters) for part in parts)})" if parts else "1"
        case AnyOf(parts):
            return f"({' OR '.join(_where_sql(part, listing, parameters) for part in parts)})" if parts else "0"
        case Not(part):
            return f"NOT ifNull({_where_sql(part, listing, parameters)}, 0)"
        case Condition():
            column = listing.source.columns[_condition_column(where)]
            if column.kind is Kind.ID:
                return id_condition_sql(column.slug, where, parameters)
            sql = named_sql(column.slug) if column.may_lack else column.slug
            # Genres may lack, too; the lists of the audit log hold what they hold.
            sql = several_sql(sql) if column.slug == "genres" else sql
            return condition_sql(sql, column.kind, where, parameters)


def _cursor(listing: Listing, order: str, descending: bool, row: dict[str, Any], access: Access) -> str:
    """A sealed position: the order, the row's value (an id as text, a date as ISO 8601), its id."""
    value = str(row[order]) if order == "id" else row[order]
    place = orjson.dumps([order, descending, value, str(row["id"])], option=orjson.OPT_NAIVE_UTC)
    return base64.urlsafe_b64encode(_seal(listing, place, access) + place).decode()


def _seal(listing: Listing, place: bytes, access: Access) -> bytes:
    """What nobody else can write in front of a position of this list: a cursor made for one view is none of another's,
    and holds only values that a row was shown with.
    """
    sealed = b"\0".join((b"marquee cursor", listing.source.name.encode(), access.reach.encode(), place))
    return hmac.digest(access.hash_key, sealed, "sha256").hex()[:_SEAL_DIGITS].encode()


def _missing_sql(order: str, listing: Listing) -> str:
    """SQL of "has no value to sort by": a text is empty where it is missing, and NULL where it is hidden."""
    return f"ifNull({order} = '', true)" if _is_text(order, listing) else f"isNull({order})"


def _is_text(order: str, listing: Listing) -> bool:
    column = listing.source.columns.get(order)
    return column is not None and column.kind is Kind.TEXT


def _after_sql(request: PageRequest, order: str, listing: Listing, access: Access, parameters: Parameters) -> str:
    """SQL of "comes after the cursor", with missing values last."""
    try:
        sealed = base64.urlsafe_b64decode((request.after or "").encode())
        seal, place = sealed[:_SEAL_DIGITS], sealed[_SEAL_DIGITS:]
        if not hmac.compare_digest(seal, _seal(listing, place, access)):
            raise ValueError("it belongs to another list, or to another asker")
        known_order, known_way, value, id_text = orjson.loads(place)
        if (known_order, known_way) != (order, request.descending):
            raise ValueError("it belongs to another order")
    except (binascii.Error, ValueError, UnicodeError) as error:
        raise BadInput(
            "`after` is not a cursor of this list and order that was made for you. Use `pageInfo.endCursor` of the "
            "page before."
        ) from error
    is_missing = value is None or value == ""
    beyond = "<" if request.descending else ">"
    later = f"id {beyond} {parameters.add(int(id_text), 'UInt128')}"
    missing = _missing_sql(order, listing)
    if is_missing:
        return f"{missing} AND {later}"
    at = _placed(value, listing, order, parameters)
    terms = [(order, at)]
    if _is_text(order, listing):
        terms = [(key_sql(order), key_sql(at)), *terms]
    for term, its in reversed(terms):
        later = f"({term} {beyond} {its} OR ({term} = {its} AND {later}))"
    return f"({later} OR {missing})"


def _placed(value: Any, listing: Listing, order: str, parameters: Parameters) -> str:
    column = listing.source.columns.get(order)
    if column is not None and column.kind is Kind.ID:
        return parameters.add(int(value), "UInt128")
    if column is not None and column.kind is Kind.DATE:
        return f"toDate32({parameters.add(date.fromisoformat(value).isoformat(), 'String')})"
    if column is not None and column.kind is Kind.INSTANT:
        return instant_sql(value, parameters)
    kind = {int: "Int64", float: "Float64"}.get(type(value), "String")
    return parameters.add(value, kind)
