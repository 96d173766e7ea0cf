"""Pages of a listing: keyset cursors over masked sources, so a page costs the same wherever it is."""

import base64
import binascii
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from warehouse.access import Access
from warehouse.engine.engine import Engine
from warehouse.errors import BadInput
from warehouse.model.columns import Kind
from warehouse.query.collation import key_sql, order_sql
from warehouse.query.listing import Listing, by_keys, rows_sql
from warehouse.query.parameters import Parameters
from warehouse.query.predicates import instant_sql
from warehouse.query.question import Filter

# Hex digits of 96 bits, in front of a cursor's position.
_SEAL_DIGITS = 24


DEFAULT_ROWS = 20


@dataclass(frozen=True)
class PageRequest:
    """What is asked: `fields` to show, the `first` or the `last` so many rows (by default the first 20) of those after
    and before a cursor, which rows, by which field. An empty cursor is none: caches make one of a page without rows.
    """

    fields: tuple[str, ...]
    first: int | None = None
    after: str | None = None
    where: Filter | None = None
    order: str | None = None
    descending: bool = False
    last: int | None = None
    before: str | None = None

    @property
    def is_from_the_end(self) -> bool:
        """Whether the last rows are asked for."""
        return self.last is not None

    def most(self, access: Access) -> int:
        """How many rows the page may have.

        Raises: BadInput for both `first` and `last`, or a number out of bounds.
        """
        if self.first is not None and self.last is not None:
            raise BadInput("Give `first` or `last`, not both.", "last")
        name, found = ("last", self.last) if self.last is not None else ("first", self.first)
        found, most = DEFAULT_ROWS if found is None else found, min(access.max_rows, access.page_rows)
        if not 0 <= found <= most:
            raise BadInput(f"{name} is {found}; allowed are 0 to {most}.", name)
        return found


@dataclass(frozen=True)
class Page:
    """Rows as field → value, a cursor for each, and whether more rows follow or come before. What is beyond the cursor
    that bounds a page is taken to be there.
    """

    rows: Sequence[dict[str, Any]]
    cursors: Sequence[str]
    has_next: bool
    has_previous: bool


def page(engine: Engine, listing: Listing, request: PageRequest, access: Access) -> Page:
    """One page, ordered by a field, texts as people look for them, and then by id; rows without a value come last.

    Raises: BadInput for a page size or a cursor that can't be; Forbidden when the asker's scope can't be applied.
    """
    most = request.most(access)
    order = request.order or "id"
    tallies = {tally.slug for tally in listing.tallies}
    late = tuple(field for field in request.fields if field in tallies and order not in tallies)
    early = (*(field for field in request.fields if field not in late), order, "id")
    parameters = Parameters()
    sql = rows_sql(listing, early, request.where, access, parameters)
    bounds = [
        _beyond_sql(cursor, name, request, order, listing, access, parameters)
        for name, cursor in (("after", request.after), ("before", request.before))
        if cursor
    ]
    if bounds:
        sql += f" WHERE {' AND '.join(bounds)}"
    back = request.is_from_the_end
    way, missing_way = " DESC" if request.descending != back else "", " DESC" if back else ""
    in_order = order_sql(order, way) if _is_text(order, listing) else f"{order}{way}"
    limit = parameters.add(most + 1, "UInt64")
    sql += f" ORDER BY {_missing_sql(order, listing)}{missing_way}, {in_order}, id{way} LIMIT {limit}"
    rows = engine.query(sql, parameters.values).dicts()
    shown = rows[:most]
    if back:
        shown = shown[::-1]
    cursors = [_cursor(listing, order, request.descending, row, access) for row in shown]
    if late and shown:
        # Figures of the rows on the page only, where the order does not need everybody's.
        figures = by_keys(engine, listing, late, [row[listing.key] for row in shown], access)
        shown = [{**row, **figures[row[listing.key]]} for row in shown]
    goes_on = len(rows) > most
    if back:
        return Page(shown, cursors, bool(request.before), goes_on)
    return Page(shown, cursors, goes_on, bool(request.after))


def _cursor(listing: Listing, order: str, descending: bool, row: dict[str, Any], access: Access) -> str:
    """A sealed position: the order, the row's value (an id as text, a date as ISO 8601), its id."""
    value = str(row[order]) if order == "id" else row[order]
    place = orjson.dumps([order, descending, value, str(row["id"])], option=orjson.OPT_NAIVE_UTC)
    return base64.urlsafe_b64encode(_seal(listing, place, access) + place).decode()


def _seal(listing: Listing, place: bytes, access: Access) -> bytes:
    """A signature in front of a position in this list: a cursor works only for the reach it was made for, and holds
    only values that were shown.
    """
    sealed = b"\0".join((b"marquee cursor", listing.source.name.encode(), access.reach.encode(), place))
    return hmac.digest(access.hash_key, sealed, "sha256").hex()[:_SEAL_DIGITS].encode()


def _missing_sql(order: str, listing: Listing) -> str:
    """SQL of "has no value to sort by": a text is empty where it is missing, and NULL where it is hidden."""
    return f"ifNull({order} = '', true)" if _is_text(order, listing) else f"isNull({order})"


def _is_text(order: str, listing: Listing) -> bool:
    column = listing.source.columns.get(order)
    return column is not None and column.kind is Kind.TEXT


def _beyond_sql(
    cursor: str,
    name: str,
    request: PageRequest,
    order: str,
    listing: Listing,
    access: Access,
    parameters: Parameters,
) -> str:
    """SQL of "comes after the cursor", or before it, with missing values last; `name` is the argument."""
    value, identity = _position(cursor, name, request, order, listing, access)
    back = name == "before"
    beyond = "<" if request.descending != back else ">"
    beside = f"id {beyond} {parameters.add(identity, 'UInt128')}"
    missing = _missing_sql(order, listing)
    if value is None or value == "":
        beside = f"({missing} AND {beside})"
        return f"(NOT {missing} OR {beside})" if back else beside
    at = _placed(value, listing, order, parameters)
    terms = [(order, at)]
    if _is_text(order, listing):
        terms = [(key_sql(order), key_sql(at)), *terms]
    for term, its in reversed(terms):
        beside = f"({term} {beyond} {its} OR ({term} = {its} AND {beside}))"
    return f"(NOT {missing} AND {beside})" if back else f"({beside} OR {missing})"


def _position(
    cursor: str, name: str, request: PageRequest, order: str, listing: Listing, access: Access
) -> tuple[Any, int]:
    """A cursor's value and id.

    Raises: BadInput for one of another list, order or asker.
    """
    try:
        sealed = base64.urlsafe_b64decode(cursor.encode())
        seal, place = sealed[:_SEAL_DIGITS], sealed[_SEAL_DIGITS:]
        if not hmac.compare_digest(seal, _seal(listing, place, access)):
            raise ValueError("it belongs to another list, or to another asker")
        known_order, known_way, value, id_text = orjson.loads(place)
        if (known_order, known_way) != (order, request.descending):
            raise ValueError("it belongs to another order")
    except (binascii.Error, ValueError, UnicodeError) as error:
        raise BadInput(
            f"`{name}` is not a cursor of this list and order that was made for you. Use `pageInfo.endCursor` or "
            "`pageInfo.startCursor` of a page.",
            name,
        ) from error
    return value, int(id_text)


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
