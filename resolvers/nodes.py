"""Films, users, ratings, sessions and audit records: rows of listings by id, and Relay connections.

Only selected fields are read.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import strawberry
from strawberry.utils.str_converters import to_camel_case

from resolvers.cells import Cells
from resolvers.context import Context, context_of, path_of
from resolvers.filters import filter_of
from resolvers.selection import TYPENAME, Selected, selection_of
from resolvers.strawberry_internals import raw
from resolvers.unknown_values import FILM, note_filter
from schema.arguments import (
    After,
    AuditSort,
    AuditWhere,
    Before,
    First,
    Last,
    MovieId,
    MovieSort,
    MovieWhere,
    UserId,
    UserSort,
    UserWhere,
)
from schema.enums import AuditField, Direction
from schema.inputs import AuditOrder
from schema.node_ids import TYPES, dated, day_and_id, node_id, source_id, typed
from schema.nodes import Movie, User
from schema.roles import Role
from warehouse import ids
from warehouse.audit.log import AUDIT_LIST
from warehouse.audit.record import day_of_record
from warehouse.errors import BadInput
from warehouse.model.measures import COMPLETION_UNITS, MINUTE_UNITS, RATING_UNITS
from warehouse.query.instants import day_of
from warehouse.query.listing import (
    MOVIE_LIST,
    REVIEW_LIST,
    SESSION_LIST,
    USER_LIST,
    Listing,
    RowId,
    by_ids,
    by_keys,
    count,
)
from warehouse.query.local_time import instant_text
from warehouse.query.pages import Page, PageRequest, page
from warehouse.query.question import Filter

# API field → listing field, where the names differ.
_STORED = {
    "duration": "duration_minutes",
    "rating": "rating_e2",
    "movie": "movie_key",
    "user": "user_key",
    "source_id": "id",
    "watch_minutes": "watch_minutes_e4",
    "completion": "completion_e6",
}
_NULL_WHERE_EMPTY = frozenset(
    {
        *("username", "email", "review_text"),
        *("subject", "issuer", "token_id", "operation", "document_hash", "detail"),
    }
)
# API field → conversion of its stored value, where there is one.
_SHOWN: Mapping[str, Callable[[Any], Any]] = {
    "id": ids.to_text,
    "source_id": ids.to_text,
    "rating": lambda hundredths: hundredths / RATING_UNITS,
    "watch_minutes": lambda ten_thousandths: ten_thousandths / MINUTE_UNITS,
    "completion": lambda millionths: None if millionths is None else millionths / COMPLETION_UNITS,
    "age": lambda years: None if years is None else str(years),
    "at": lambda instant: instant_text(instant, "milliseconds"),
    "role": lambda role: Role(role).name if role in set(Role) else None,
}
# Fields of nodes that are questions of their own.
GRAPH: Mapping[str, frozenset[str]] = {
    "Movie": frozenset({"similar", "ratings", "trend"}),
    "User": frozenset({"sessions", "ratings", "recommendations", "patterns", "churn_risk"}),
}
# Selects a film's id for the id of its row, because dense keys would tell of films out of scope. Its key can't be
# the name of a field in a response.
FILM_ID = Selected("#id", "source_id", "Movie", {}, ())
LISTINGS: Mapping[str, Listing] = {
    "Movie": MOVIE_LIST,
    "User": USER_LIST,
    "Rating": REVIEW_LIST,
    "Session": SESSION_LIST,
    "AuditRecord": AUDIT_LIST,
}
# Types whose ids name a day in UTC, and the instant that it is of.
_DATED = {name: str(LISTINGS[name].dated_by) for name in ("Session", "Rating")}
_NEWEST_FIRST = AuditOrder(field=AuditField.AT, direction=Direction.DESC)


def fields_of(selected: Iterable[Selected]) -> tuple[str, ...]:
    """The listing fields needed for a node's selection.

    Raises: BadInput for a field that is a question of its own.
    """
    selected = tuple(selected)
    for one in selected:
        if one.name in GRAPH.get(one.type_name, ()):
            raise BadInput(
                f"{to_camel_case(one.name)} of a {one.type_name} can be selected below movie, user, node and nodes. "
                "Ask nodes(ids: ...) for those of a list."
            )
    stored = [_STORED.get(one.name, one.name) for one in selected if one.name != TYPENAME]
    stored += [_DATED[one.type_name] for one in selected if one.name == "id" and one.type_name in _DATED]
    return tuple(dict.fromkeys(stored))


def node_cells(row: Mapping[str, Any], selected: Sequence[Selected]) -> dict[str, Any]:
    """A row of a listing as cells."""
    return {one.key: _cell(one, row) for one in selected}


def _cell(one: Selected, row: Mapping[str, Any]) -> Any:
    if one.name == TYPENAME:
        return one.type_name
    value = row[_STORED.get(one.name, one.name)]
    if one.name in _NULL_WHERE_EMPTY:
        return value or None
    if one.name == "id" and one.type_name in TYPES:
        text, instant = ids.to_text(value), _DATED.get(one.type_name)
        return node_id(one.type_name, dated(row[instant].date(), text) if instant else text)
    if one.name in _SHOWN:
        return _SHOWN[one.name](value)
    if isinstance(value, dict):
        # A film or user, with all that is selected of it anywhere in the list.
        return {each.key: value[each.key] for each in one.children}
    if isinstance(value, datetime):
        return instant_text(value, "seconds")
    return value.isoformat() if isinstance(value, date) else value


async def movie_cells(
    context: Context, keys: Iterable[Any], selected: Sequence[Selected], as_of: int | None = None
) -> dict[int, dict[str, Any]]:
    """Films as cells by dense key, as of a load."""
    return await _cells_by_key(context, MOVIE_LIST.then(as_of), keys, selected)


def without_id(film: Mapping[str, Any]) -> dict[str, Any]:
    """A film's cells without those of FILM_ID."""
    return {key: value for key, value in film.items() if key != FILM_ID.key}


async def user_cells(context: Context, keys: Iterable[Any], selected: Sequence[Selected]) -> dict[int, dict[str, Any]]:
    """Users as cells by dense key, masked for the asker."""
    return await _cells_by_key(context, USER_LIST, keys, selected)


async def _cells_by_key(
    context: Context, listing: Listing, keys: Iterable[Any], selected: Sequence[Selected]
) -> dict[int, dict[str, Any]]:
    wanted = sorted({int(key) for key in keys})
    if not wanted or not selected:
        return {}
    rows = await context.work(
        lambda: by_keys(context.warehouse.engine, listing, fields_of(selected), wanted, context.access)
    )
    return {key: node_cells(row, selected) for key, row in rows.items()}


async def movie(info: strawberry.Info, id: MovieId) -> Any:
    """One film by id, or null."""
    return await _single(info, "Movie", str(id))


async def user(info: strawberry.Info, id: UserId) -> Any:
    """One user by id, or null; masked for your role."""
    return await _single(info, "User", str(id))


async def _single(info: strawberry.Info, type_name: str, text: str) -> Any:
    wanted = node_id(type_name, source_id(type_name, text))
    return (await rows_of(info, [wanted], type_name)).get(wanted)


async def movies(
    info: strawberry.Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: MovieWhere = None,
    order_by: MovieSort = None,
) -> Cells:
    """All films, one page at a time."""
    return await _connection(info, MOVIE_LIST, PageOf(first, after, last, before), where, order_by)


async def users(
    info: strawberry.Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: UserWhere = None,
    order_by: UserSort = None,
) -> Cells:
    """All users, one page at a time; masked fields are filtered and sorted by their masked values."""
    return await _connection(info, USER_LIST, PageOf(first, after, last, before), where, order_by)


async def ratings(
    info: strawberry.Info, first: First = None, after: After = None, last: Last = None, before: Before = None
) -> Cells:
    """All ratings, one page at a time."""
    return await _connection(info, REVIEW_LIST, PageOf(first, after, last, before), None, None)


async def audit_log(
    info: strawberry.Info,
    first: First = None,
    after: After = None,
    last: Last = None,
    before: Before = None,
    where: AuditWhere = None,
    order_by: AuditSort = None,
) -> Cells:
    """The audit log, newest first, one page at a time: operations, refusals, loads and operator actions.

    Records appear within a second. Reading the log is recorded too. Not for tokens with a row scope.
    """
    return await _connection(info, AUDIT_LIST, PageOf(first, after, last, before), where, order_by or _NEWEST_FIRST)


async def rows_of(info: strawberry.Info, asked: Sequence[str], type_name: str) -> dict[str, Any]:
    """The nodes of a type by their ids, read in one statement: cells, or an object for the executor where a field is
    selected that is a question of its own.
    """
    wanted = {text: row for text in asked if (row := _row_of(text, type_name)) is not None}
    if not wanted:
        return {}
    selected = selection_of(raw(info), type_name).children
    found = await _by_ids(context_of(info), LISTINGS[type_name], selected, list(dict.fromkeys(wanted.values())))
    return {text: found[row] for text, row in wanted.items() if row in found}


def _row_of(text: str, type_name: str) -> RowId | None:
    """The row that an id names; None for another type's id, or a malformed one."""
    name, found = typed(text)
    if name != type_name:
        return None
    day, source = day_and_id(found) if type_name in _DATED else (None, found)
    key = ids.parse(source)
    if key is None:
        return None
    if type_name == "AuditRecord":
        began = day_of_record(key)
        return None if began is None else RowId(key, began)
    with suppress(BadInput):
        return RowId(key, None if day is None else day_of(day))
    return None


async def _by_ids(
    context: Context, listing: Listing, selected: Sequence[Selected], asked: Sequence[RowId]
) -> dict[RowId, Any]:
    """The nodes of a listing by the source's ids, and where ids name days by ids with days, too."""
    plain = tuple(one for one in selected if one.name not in GRAPH.get(one.type_name, ()))
    instant = listing.dated_by
    fields = (*fields_of(plain), "id", *([instant] if instant else []))
    rows = await context.work(lambda: by_ids(context.warehouse.engine, listing, fields, asked, context.access))
    shown = await _with_related(context, rows, plain)
    found: dict[RowId, Any] = {}
    for row in shown:
        one: Any = (
            Cells(node_cells(row, selected))
            if len(plain) == len(selected)
            else _object(row, selected[0].type_name, plain, row[listing.key])
        )
        found[RowId(row["id"])] = one
        if instant:
            found[RowId(row["id"], row[instant].date())] = one
    return found


def _object(row: Mapping[str, Any], type_name: str, selected: Sequence[Selected], key: int) -> Any:
    """A node as the object that the executor resolves further: what is selected of the row, its ids and dense key."""
    own = {name: Selected(name, name, type_name, {}, ()) for name in ("id", "source_id")}
    values = {one.name: one for one in selected if one.name != TYPENAME} | own
    kind = {"Movie": Movie, "User": User}[type_name]
    blank = dict.fromkeys(one.name for one in dataclasses.fields(kind))
    made = kind(**{**blank, **{name: _cell(one, row) for name, one in values.items()}})
    made.key = key
    return made


@dataclass(frozen=True)
class PageOf:
    """The arguments of a page."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None


async def _connection(info: strawberry.Info, listing: Listing, page_of: PageOf, where: Any, order: Any) -> Cells:
    found = filter_of(where)
    await note_filter(context_of(info), raw(info), found, id_is_of=FILM if listing is MOVIE_LIST else "")
    return await connection_of(info, listing, page_of, found, order)


async def connection_of(
    info: strawberry.Info, listing: Listing, page_of: PageOf, where: Filter | None, order: Any = None
) -> Cells:
    """A page of a listing, shaped by the selection."""
    context, selected = context_of(info), selection_of(raw(info))
    nodes = (
        *selected.within("nodes"),
        *(node for edge in selected.children if edge.name == "edges" for node in edge.within("node")),
    )
    request = PageRequest(
        fields=fields_of(nodes),
        **vars(page_of),
        where=where,
        order=order.field.value if order else listing.dated_by if listing.newest_first else None,
        descending=order.direction is Direction.DESC if order else listing.newest_first,
    )
    path = path_of(raw(info))
    found = await context.work(lambda: page(context.warehouse.engine, listing, request, context.access), path)
    rows = await _with_related(context, found.rows, nodes)
    total = None
    if selected.child("total_count"):
        total = await context.work(
            lambda: count(context.warehouse.engine, listing, request.where, context.access), f"{path}.totalCount"
        )
    return Cells(_connection_cells(selected, found, rows, total))


async def _with_related(
    context: Context, rows: Sequence[dict[str, Any]], nodes: Sequence[Selected]
) -> Sequence[dict[str, Any]]:
    """The rows with `movie_key` and `user_key` replaced by the cells of films and users, if these are selected."""
    for name, listing in (("movie", MOVIE_LIST), ("user", USER_LIST)):
        selected = tuple(one for node in nodes if node.name == name for one in node.children)
        if selected:
            key = listing.key
            found = await _cells_by_key(context, listing, (row[key] for row in rows), selected)
            rows = [{**row, key: found.get(row[key])} for row in rows]
    return rows


def _connection_cells(
    selected: Selected, found: Page, rows: Sequence[dict[str, Any]], total: int | None
) -> dict[str, Any]:
    cursors = found.cursors
    info = {
        "has_next_page": found.has_next,
        "has_previous_page": found.has_previous,
        "start_cursor": cursors[0] if cursors else None,
        "end_cursor": cursors[-1] if cursors else None,
    }
    cells: dict[str, Any] = {}
    for one in selected.children:
        match one.name:
            case "edges":
                cells[one.key] = [_edge(one, row, cursor) for row, cursor in zip(rows, cursors, strict=True)]
            case "nodes":
                cells[one.key] = [node_cells(row, one.children) for row in rows]
            case "page_info":
                cells[one.key] = {each.key: info.get(each.name, each.type_name) for each in one.children}
            case "total_count":
                cells[one.key] = total
            case _:
                cells[one.key] = one.type_name
    return cells


def _edge(edge: Selected, row: Mapping[str, Any], cursor: str) -> dict[str, Any]:
    cells: dict[str, Any] = {}
    for one in edge.children:
        match one.name:
            case "node":
                cells[one.key] = node_cells(row, one.children)
            case "cursor":
                cells[one.key] = cursor
            case _:
                cells[one.key] = one.type_name
    return cells
