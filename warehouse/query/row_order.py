"""Sorts an answer's rows: in the engine, or here if only texts are left to compare.

For the engine, planning a sort by texts or films takes longer than most questions take to answer. It sorts numbers
fast, and few rows are equal in them. So the engine sorts by the leading numbers, and the rest is sorted here by the
same keys.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from warehouse.engine.engine import Engine
from warehouse.model.columns import Kind, lookup_sql
from warehouse.model.dimensions import DIMENSIONS
from warehouse.query.collation import ascii_key, film_key_sql, key_sql
from warehouse.query.question import OrderBy, OrderByGroup, OrderByMeasure, Question

Row = Sequence[Any]
# Result columns: the flag for a `top`'s others, and the prefix of the range's measures.
OTHERS, NOW = "is_others", "now_"
_UNBOUNDED = frozenset({"attribute", "director"})


def terms_of(question: Question) -> tuple[OrderBy, ...]:
    """The sort terms: those requested, then the groups ascending, so that the order is unique."""
    asked = {order.group for order in question.orders if isinstance(order, OrderByGroup)}
    rest = (OrderByGroup(index) for index in range(len(question.groups)) if index not in asked)
    return (*question.orders, *rest)


def is_costly(question: Question, term: OrderBy) -> bool:
    """Whether the engine is slow to plan the term, because it sorts texts or films."""
    if isinstance(term, OrderByMeasure):
        return False
    dimension = question.groups[term.group].dimension
    return dimension == "movie" or DIMENSIONS[dimension].kind is Kind.TEXT


def leading_terms(question: Question) -> tuple[OrderBy, ...] | None:
    """The terms for the engine to sort by, if `finish` can do the rest; None if the engine has to sort by all."""
    terms = terms_of(question)
    costly = [index for index, term in enumerate(terms) if is_costly(question, term)]
    if not costly or (question.limit is not None and costly[0] == 0):
        return None
    films = [index for index, group in enumerate(question.groups) if group.dimension == "movie"]
    # Films are sorted by title: for many rows it is better to look titles up in the engine.
    named = any(isinstance(order, OrderByGroup) and order.group in films for order in question.orders)
    if films and (named or question.limit is None or question.as_of is not None):
        return None
    # For values that clients choose, any number of rows may be equal in the numbers.
    if question.limit is not None and any(group.dimension in _UNBOUNDED for group in question.groups):
        return None
    return terms[: costly[0]]


def finish(engine: Engine, question: Question, names: Sequence[str], rows: Sequence[Row]) -> list[Row]:
    """Sort rows that are in the order of the leading terms by all terms, and apply the `limit`. Nulls come last.

    `names` are the columns of the Statement.
    """
    if not rows:
        return []
    leading = leading_terms(question) or ()
    rest = terms_of(question)[len(leading) :]
    places = [names.index(_column(term)) for term in leading]
    runs = [list(run) for _, run in groupby(rows, key=lambda row: [row[place] for place in places])]
    ties = [row for run in runs if len(run) > 1 for row in run]
    # All keys at once: a statement for each run could be thousands.
    keys = {term: _keys(engine, question, term, _values(ties, names, term)) for term in rest} if ties else {}
    found: list[Row] = []
    for run in runs:
        if len(run) > 1:
            if OTHERS in names:
                run.sort(key=lambda row: row[names.index(OTHERS)])
            # From the last term to the first, because the sort is stable.
            for term in reversed(rest):
                run = _sorted(run, names.index(_column(term)), keys[term], term.descending)  # noqa: PLW2901
        found += run
        if question.limit is not None and len(found) >= question.limit:
            return found[: question.limit]
    return found


def _values(rows: Sequence[Row], names: Sequence[str], term: OrderBy) -> set[Any]:
    place = names.index(_column(term))
    return {row[place] for row in rows} - {None}


def _sorted(rows: Sequence[Row], place: int, keys: Mapping[Any, Any], descending: bool) -> list[Row]:
    known = [row for row in rows if row[place] is not None]
    known.sort(key=lambda row: keys[row[place]], reverse=descending)
    return [*known, *(row for row in rows if row[place] is None)]


def _keys(engine: Engine, question: Question, term: OrderBy, values: set[Any]) -> Mapping[Any, Any]:
    """The sort keys of a term's values; numbers are their own."""
    if not values or isinstance(term, OrderByMeasure) or not is_costly(question, term):
        return {value: value for value in values}
    if question.groups[term.group].dimension == "movie":
        title, identity = (lookup_sql("movies", name, "v") for name in ("title", "id"))
        sql = f"SELECT v, {film_key_sql(title, identity)} FROM (SELECT arrayJoin({{values:Array(UInt32)}}) AS v)"
        return _told(engine, sql, values)
    keys: dict[Any, Any] = {text: (ascii_key(text), text) for text in values if text.isascii()}
    others = values - keys.keys()
    if others:
        sql = f"SELECT v, {key_sql('v')} FROM (SELECT arrayJoin({{values:Array(String)}}) AS v)"
        keys |= {text: (key, text) for text, key in _told(engine, sql, others).items()}
    return {value: tuple(part.encode() for part in key) for value, key in keys.items()}


def _told(engine: Engine, sql: str, values: set[Any]) -> dict[Any, Any]:
    return {value: key for value, key in engine.query(sql, {"values": sorted(values)}).rows}  # noqa: C416 - pairs


def _column(term: OrderBy) -> str:
    return f"{NOW}{term.measure}" if isinstance(term, OrderByMeasure) else f"g{term.group}"
