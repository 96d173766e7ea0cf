"""The compiler: a question and an access become one parameterised statement over routed, masked sources.

Each fact and each range is a leg: a subquery grouped by the question's groups. Several legs are stacked and folded by
the groups, which is a full outer join that keeps a group that only one of them has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warehouse import ids
from warehouse.access import Access
from warehouse.clock import Clock
from warehouse.errors import BadInput
from warehouse.model.columns import Kind
from warehouse.model.dimensions import DIMENSIONS
from warehouse.model.facts import FACTS
from warehouse.model.measures import AGGREGATES, MEASURES
from warehouse.model.rollups import ROLLUPS, Rollup
from warehouse.parameters import Parameters
from warehouse.question import AllOf, AnyOf, Condition, Filter, Group, Not, Order, Question, conditions_of, only_on
from warehouse.router import Leg, Route, condition_column, route
from warehouse.source import MOVIES, read

NOW = "now_"
BEFORE = "before_"


@dataclass(frozen=True)
class Statement:
    """SQL with its values, and the route of each leg. Result columns: `g0`, `g1`, ..., `now_<measure>`,
    `before_<measure>`.
    """

    sql: str
    parameters: Mapping[str, Any]
    routes: tuple[Route, ...]


def compile_question(
    question: Question, access: Access, sizes: Mapping[str, int], rollups: Sequence[Rollup] = ROLLUPS
) -> Statement:
    """Compile; `sizes` are the rollups' present row counts, `rollups` those that may serve.

    Raises: BadInput when a group or filter does not belong to a fact that is asked.
    """
    parameters = Parameters()
    routes: list[Route] = []
    legs: list[tuple[str, dict[str, str]]] = []
    spans = [(NOW, question.span), *([(BEFORE, question.before)] if question.before else [])]
    for prefix, span in spans:
        for leg in _legs(question, Clock(question.zone, span)):
            chosen = route(leg, access, sizes, rollups)
            routes.append(chosen)
            legs.append(_leg_sql(leg, chosen, prefix, access, parameters))
    names = [f"g{index}" for index in range(len(question.groups))]
    sql = _joined(names, legs)
    cap = access.max_rows + 1 if question.limit is None else question.limit
    sql += f" ORDER BY {', '.join(_orders(question))}" if question.groups else ""
    return Statement(f"{sql} LIMIT {parameters.add(cap, 'UInt64')}", parameters.values, tuple(routes))


def _legs(question: Question, clock: Clock) -> list[Leg]:
    legs = []
    for name in question.facts:
        fact = FACTS[name]
        foreign = [group.dimension for group in question.groups if group.dimension not in fact.dimensions]
        if foreign:
            raise BadInput(
                f"{fact.slug} can't be grouped by {foreign[0]}. It has: {', '.join(sorted(fact.dimensions))}."
            )
        measures = tuple(slug for slug in question.needed if MEASURES[slug].fact == name)
        legs.append(Leg(name, question.groups, measures, only_on(question.where, fact.dimensions), clock))
    return legs


def _leg_sql(
    leg: Leg, chosen: Route, prefix: str, access: Access, parameters: Parameters
) -> tuple[str, dict[str, str]]:
    """The leg's SELECT, and its measure columns: name → the SQL of its value where no row is."""
    fact, rollup = FACTS[leg.fact], chosen.source.rollup
    aggregates = [
        AGGREGATES[slug] for slug in dict.fromkeys(s for measure in leg.measures for s in MEASURES[measure].aggregates)
    ]
    columns = [DIMENSIONS[group.dimension].column for group in leg.groups]
    columns += [condition_column(test.dimension, test.operator) for test in conditions_of(leg.where)]
    if not rollup:
        columns += [need for aggregate in aggregates for need in aggregate.needs]
    conditions = []
    if fact.dated:
        columns.append("start_time")
        start, end = parameters.add(leg.clock.span.start, "UInt32"), parameters.add(leg.clock.span.end, "UInt32")
        conditions.append(f"start_time >= toDateTime({start}, 'UTC') AND start_time < toDateTime({end}, 'UTC')")
    if leg.where is not None:
        conditions.append(_filter_sql(leg.where, leg.clock, access, parameters))
    source = read(chosen.source, columns, access, parameters, [a.slug for a in aggregates] if rollup else ())
    values = {aggregate.slug: aggregate.merge if rollup else aggregate.raw for aggregate in aggregates}
    shown = [
        f"{_group_sql(group, leg.clock, access, parameters)} AS g{index}" for index, group in enumerate(leg.groups)
    ]
    shown += [f"{MEASURES[slug].sql.format_map(values)} AS {prefix}{slug}" for slug in leg.measures]
    sql = f"SELECT {', '.join(shown) or '1'} FROM {source}"
    sql += f" WHERE {' AND '.join(conditions)}" if conditions else ""
    sql += f" GROUP BY {', '.join(f'g{index}' for index in range(len(leg.groups)))}" if leg.groups else ""
    return sql, {f"{prefix}{slug}": _empty(slug) for slug in leg.measures}


def _empty(measure: str) -> str:
    empty = MEASURES[measure].empty
    return "NULL" if empty is None else str(empty)


def _joined(groups: list[str], legs: list[tuple[str, dict[str, str]]]) -> str:
    if len(legs) == 1:
        return legs[0][0]
    measures = {name: empty for _, columns in legs for name, empty in columns.items()}
    stacked = " UNION ALL ".join(
        "SELECT "
        f"{', '.join([*groups, *(name if name in columns else f'NULL AS {name}' for name in measures)])} FROM ({sql})"
        for sql, columns in legs
    )
    folded = [
        f"ifNull(max(s.{name}), {empty}) AS {name}" if empty != "NULL" else f"max(s.{name}) AS {name}"
        for name, empty in measures.items()
    ]
    sql = f"SELECT {', '.join([*groups, *folded])} FROM ({stacked}) AS s"
    return sql + (f" GROUP BY {', '.join(groups)}" if groups else "")


def _group_sql(group: Group, clock: Clock, access: Access, parameters: Parameters) -> str:
    match group.dimension:
        case "time":
            assert group.grain is not None
            return clock.ordinal_sql(group.grain, parameters, access.max_buckets)
        case "hour_of_day":
            return clock.hour_sql(parameters)
        case "day_of_week":
            return clock.weekday_sql(parameters)
        case dimension:
            return DIMENSIONS[dimension].column


def _orders(question: Question) -> list[str]:
    """Order terms: as asked, then the groups ascending, so that equal rows have one order."""
    terms: list[str] = []
    ties = [Order(index) for index in range(len(question.groups))]
    for order in (*question.orders, *ties):
        way = " DESC" if order.descending else ""
        if isinstance(order.by, str):
            terms.append(f"{NOW}{order.by}{way}")
        elif question.groups[order.by].dimension == "movie":
            terms += [f"dictGet('movies_dictionary', '{name}', g{order.by}){way}" for name in ("title", "id")]
        else:
            terms.append(f"g{order.by}{way}")
    return terms


def _filter_sql(where: Filter, clock: Clock, access: Access, parameters: Parameters) -> str:
    match where:
        case AllOf(parts):
            return f"({' AND '.join(_filter_sql(part, clock, access, parameters) for part in parts)})" if parts else "1"
        case AnyOf(parts):
            return f"({' OR '.join(_filter_sql(part, clock, access, parameters) for part in parts)})" if parts else "0"
        case Not(part):
            # A missing value passes no condition, so that `not` is the complement: SQL's unknown would pass neither.
            return f"NOT ifNull({_filter_sql(part, clock, access, parameters)}, 0)"
        case Condition(dimension="movie"):
            return _movie_condition_sql(where, access, parameters)
        case Condition(dimension, operator):
            left = {"hour_of_day": clock.hour_sql, "day_of_week": clock.weekday_sql}.get(dimension)
            sql = left(parameters) if left else condition_column(dimension, operator)
            return condition_sql(sql, DIMENSIONS[dimension].kind, where, parameters)


def condition_sql(left: str, kind: Kind, test: Condition, parameters: Parameters) -> str:
    """SQL of one test; `left` is SQL of the tested value."""
    scalar = "Int64" if kind is Kind.NUMBER else "String"
    match test.operator:
        case "eq":
            return f"({left} = {parameters.add(test.value, scalar)})"
        case "in":
            return f"({left} IN {parameters.add(list(_several(test)), f'Array({scalar})')})"
        case "gte":
            return f"({left} >= {parameters.add(test.value, scalar)})"
        case "lt":
            return f"({left} < {parameters.add(test.value, scalar)})"
        case "has":
            return f"has({left}, {parameters.add(test.value, scalar)})"
        case operator:
            raise BadInput(f"There is no test {operator!r}. Use eq, in, gte, lt or has.")


def id_condition_sql(left: str, test: Condition, parameters: Parameters) -> str:
    """SQL of a test of ids; a text that is no id matches nothing."""
    keys = [key for key in map(ids.parse, map(str, _several(test))) if key is not None]
    return f"({left} IN {parameters.add(keys, 'Array(UInt128)')})"


def _movie_condition_sql(test: Condition, access: Access, parameters: Parameters) -> str:
    movies = read(MOVIES, ("movie_key", "id"), Access(access.subject, access.role), parameters)
    return f"(movie_key IN (SELECT movie_key FROM {movies} WHERE {id_condition_sql('id', test, parameters)}))"


def _several(test: Condition) -> tuple[str | int, ...]:
    return test.value if isinstance(test.value, tuple) else (test.value,)
