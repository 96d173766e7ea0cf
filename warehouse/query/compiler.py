"""The compiler: turns a question and an access into one parameterised statement over routed, masked sources.

Each fact and range is a leg: a subquery grouped by the question's groups. Legs are combined with UNION ALL and grouped
again, like a full outer join, so a group in only one leg is kept, if that leg is of a fact that adds rows. For askers
with a minimum group size, each leg folds its groups before that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from warehouse.access import Access
from warehouse.errors import BadInput
from warehouse.model.columns import Kind, lookup_sql
from warehouse.model.dimensions import DIMENSIONS
from warehouse.model.facts import FACTS
from warehouse.model.measures import MEASURES
from warehouse.model.rollups import ROLLUPS, Rollup
from warehouse.query.bucket_sql import Clock, PastClock
from warehouse.query.collation import film_order_sql, order_sql
from warehouse.query.empty_buckets import empty_buckets_sql
from warehouse.query.leg_sql import LegReader, LegSql, group_names
from warehouse.query.masked_source import MOVIES, read
from warehouse.query.parameters import Parameters
from warehouse.query.predicates import measure_filter_sql
from warehouse.query.question import OrderBy, OrderByMeasure, Question, as_far_as, conditions_of
from warehouse.query.router import Leg, Route, route
from warehouse.query.row_order import NOW, OTHERS, leading_terms, terms_of

BEFORE = "before_"
# Marks stacked rows of legs whose groups are rows.
ADDS_ROWS = "adds_rows"


@dataclass(frozen=True)
class Unapplied:
    """The dimensions of conditions that don't exist on some measures' fact, so those measures are not filtered by
    them."""

    dimensions: tuple[str, ...]
    measures: tuple[str, ...]


@dataclass(frozen=True)
class Statement:
    """SQL with its parameters, the route of each leg, and the conditions that some measures ignored. If not
    `is_ordered`, rows come in the order of `leading_terms`.

    Result columns: `g0`, `g1`, ..., `is_others` with a `top` or a minimum group size, `now_<measure>`,
    `before_<measure>`.
    """

    sql: str
    parameters: Mapping[str, Any]
    routes: tuple[Route, ...]
    unapplied: tuple[Unapplied, ...] = ()
    is_ordered: bool = True


def compile_question(
    question: Question,
    access: Access,
    rollups: Sequence[Rollup] = ROLLUPS,
    top_values: Sequence[Any] = (),
    films: Sequence[int] | None = None,
) -> Statement:
    """Compile a question. `rollups` may be used; `top_values` are the values that the question's `top` keeps. With
    `films`, only rows with these keys are read: the question groups by film, and its result is known to be among them.

    Raises: BadInput if a group or filter does not belong to the fact.
    """
    parameters = Parameters()
    routes: list[Route] = []
    legs: list[LegSql] = []
    clocks: list[tuple[str, Clock]] = [(NOW, Clock(question.zone, question.span))]
    if question.before:
        clocks.append((BEFORE, PastClock(question.zone, question.before, question.span)))
    for prefix, clock in clocks:
        for leg in _legs(question, clock):
            chosen = route(leg, access, rollups)
            routes.append(chosen)
            reader = LegReader(question, leg, chosen, access, parameters, top_values, films)
            legs.append(reader.leg_sql(prefix))
    sql = _joined(question, legs, access, parameters)
    if question.having is not None:
        sql = f"SELECT * FROM ({sql}) WHERE {measure_filter_sql(question.having, NOW, parameters)}"
    leading = leading_terms(question) if question.groups else None
    if leading is not None:
        sql = _in_order(sql, leading)
    elif question.groups:
        sql = _in_full_order(question, sql, access, parameters)
    cap = access.max_rows + 1 if question.limit is None else question.limit
    # WITH TIES returns all rows that are equal so far, because they are still to be sorted.
    ties = " WITH TIES" if leading and question.limit is not None else ""
    sql = f"{sql} LIMIT {parameters.add(cap, 'UInt64')}{ties}"
    return Statement(sql, parameters.values, tuple(routes), _unapplied(question), is_ordered=leading is None)


def _unapplied(question: Question) -> tuple[Unapplied, ...]:
    tested = dict.fromkeys(test.dimension for test in conditions_of(question.where))
    found = []
    for fact in question.facts:
        foreign = tuple(dimension for dimension in tested if dimension not in FACTS[fact].dimensions)
        measures = tuple(slug for slug in question.asked if MEASURES[slug].fact == fact)
        if foreign and measures:
            found.append(Unapplied(foreign, measures))
    return tuple(found)


def _legs(question: Question, clock: Clock) -> list[Leg]:
    legs = []
    for name in question.facts:
        fact = FACTS[name]
        foreign = [group.dimension for group in question.groups if group.dimension not in fact.dimensions]
        measures = tuple(slug for slug in question.needed if MEASURES[slug].fact == name)
        if foreign:
            raise BadInput(
                f"{measures[0] if measures else name} can't be grouped by {foreign[0]}. "
                f"It can be grouped by: {', '.join(sorted(fact.dimensions))}.",
                "by",
            )
        where = as_far_as(question.where, fact.dimensions)
        legs.append(Leg(name, question.groups, measures, where, clock, question.as_of))
    return legs


def _joined(question: Question, legs: Sequence[LegSql], access: Access, parameters: Parameters) -> str:
    """One row per group in any leg; with `fill` also one per `time` bucket for each combination of the other groups."""
    if len(legs) == 1 and not question.fill:
        return legs[0].sql
    groups = group_names(question, access)
    measures = {name: empty for leg in legs for name, empty in leg.measures.items()}
    if not groups:
        # One row per leg.
        rows = " CROSS JOIN ".join(f"({leg.sql}) AS leg_{number}" for number, leg in enumerate(legs))
        return f"SELECT {', '.join(measures) or '1'} FROM {rows}"
    # Legs that only add measures are marked, where there are any.
    marks = not all(leg.adds_rows for leg in legs)
    stacked = []
    for leg in legs:
        shown = [*groups, *(name if name in leg.measures else f"NULL AS {name}" for name in measures)]
        shown += [f"{leg.adds_rows:d} AS {ADDS_ROWS}"] if marks else []
        stacked.append(f"SELECT {', '.join(shown)} FROM ({leg.sql})")
    if question.fill:
        filled = [f"NULL AS {name}" for name in measures] + ([f"1 AS {ADDS_ROWS}"] if marks else [])
        known = [leg for leg in legs if leg.adds_rows]
        stacked.append(empty_buckets_sql(question, known, filled, access, parameters))
    folded = [
        f"ifNull(max(s.{name}), {empty}) AS {name}" if empty != "NULL" else f"max(s.{name}) AS {name}"
        for name, empty in measures.items()
    ]
    sql = f"SELECT {', '.join([*groups, *folded])} FROM ({' UNION ALL '.join(stacked)}) AS s"
    return f"{sql} GROUP BY {', '.join(groups)}" + (f" HAVING max(s.{ADDS_ROWS}) = 1" if marks else "")


def _in_order(sql: str, terms: Sequence[OrderBy]) -> str:
    shown = [
        f"{NOW}{term.measure}{_way(term)}" if isinstance(term, OrderByMeasure) else f"g{term.group}{_way(term)}"
        for term in terms
    ]
    return f"{sql} ORDER BY {', '.join(shown)}" if shown else sql


def _in_full_order(question: Question, sql: str, access: Access, parameters: Parameters) -> str:
    """The rows sorted by all terms. Films are sorted by title, then id, with titles as of the question; other texts are
    sorted like titles.
    """
    terms: list[str] = []
    rows = sql
    for term in terms_of(question):
        way = _way(term)
        if isinstance(term, OrderByMeasure):
            terms.append(f"{NOW}{term.measure}{way}")
            continue
        column, dimension = f"g{term.group}", question.groups[term.group].dimension
        if DIMENSIONS[dimension].kind is Kind.TEXT:
            terms.append(order_sql(column, way))
        elif dimension != "movie":
            terms.append(f"{column}{way}")
        elif question.as_of is None:
            title, identity = (lookup_sql("movies", name, column) for name in ("title", "id"))
            terms.append(film_order_sql(title, identity, way))
        else:
            films = read(replace(MOVIES, as_of=question.as_of), ("movie_key", "title", "id"), access, parameters)
            rows = f"SELECT q.* FROM ({sql}) AS q ANY LEFT JOIN {films} AS films ON q.{column} = films.movie_key"
            terms.append(film_order_sql("films.title", "films.id", way))
    terms += [OTHERS] if OTHERS in group_names(question, access) else []
    return f"{rows} ORDER BY {', '.join(terms)}"


def _way(term: OrderBy) -> str:
    return " DESC" if term.descending else ""
