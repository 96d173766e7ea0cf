"""Predicates: filters as SQL over a source's columns, which are masked and scoped already."""

from collections.abc import Callable
from dataclasses import replace

from warehouse import ids
from warehouse.access import Access
from warehouse.errors import BadInput
from warehouse.model.columns import UNKNOWN, Kind, known_sql, named_sql
from warehouse.model.dimensions import DIMENSIONS
from warehouse.query import instants
from warehouse.query.bucket_sql import Clock
from warehouse.query.collation import key_sql
from warehouse.query.masked_source import MOVIES, read
from warehouse.query.parameters import Parameters
from warehouse.query.question import AllOf, AnyOf, Condition, Filter, Not
from warehouse.query.router import condition_column
from warehouse.tables.incoming_schemas import LONGEST_PATH

_BOUNDS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
# Tests of what is known only: to others a missing text is UNKNOWN.
_OF_KNOWN = frozenset({"contains", "starts_with", "is_null"})


def combined_sql(where: Filter, tested: Callable[[Condition], str]) -> str:
    """SQL of a filter, each of whose conditions `tested` writes. A missing value passes no condition."""
    match where:
        case AllOf(parts):
            return f"({' AND '.join(combined_sql(part, tested) for part in parts)})" if parts else "1"
        case AnyOf(parts):
            return f"({' OR '.join(combined_sql(part, tested) for part in parts)})" if parts else "0"
        case Not(part):
            # `not` is the complement: SQL's unknown would pass neither a condition nor its negation.
            return f"NOT ifNull({combined_sql(part, tested)}, 0)"
        case Condition():
            return tested(where)


def filter_sql(where: Filter, clock: Clock, access: Access, parameters: Parameters, as_of: int | None = None) -> str:
    """SQL of a filter over a source's columns; `as_of` is the load as of which films are known by their ids."""

    def tested(test: Condition) -> str:
        if test.dimension == "movie":
            return _movie_condition_sql(test, access, parameters, as_of)
        kind = DIMENSIONS[test.dimension].kind
        if test.operator == "has":
            sql = several_sql(condition_column(test.dimension, test.operator))
        else:
            sql = dimension_sql(test.dimension, test.path, clock, parameters)
            sql = tested_sql(sql, test) if kind is Kind.TEXT else sql
        return condition_sql(sql, kind, test, parameters)

    return combined_sql(where, tested)


def dimension_sql(dimension: str, path: str | None, clock: Clock, parameters: Parameters) -> str:
    """SQL of a row's value of a dimension other than `time`, NULL where nothing is known."""
    match dimension:
        case "hour_of_day":
            return clock.hour_sql(parameters)
        case "day_of_week":
            return clock.weekday_sql(parameters)
        case "days_since_release":
            return clock.since_release_sql(parameters)
        case "attribute":
            return _attribute_sql(path or "", parameters)
        case _:
            return DIMENSIONS[dimension].column


def _attribute_sql(path: str, parameters: Parameters) -> str:
    """SQL of what a client sent under a path.

    Raises: BadInput for a path that is longer than any stored one.
    """
    if len(path) > LONGEST_PATH:
        raise BadInput(f"An attribute path has {len(path):,} characters; allowed are {LONGEST_PATH}.")
    return known_sql(f"attributes[{parameters.add(path, 'String')}]")


def tested_sql(text: str, test: Condition) -> str:
    """SQL of a nullable text as a test sees it."""
    return text if test.operator in _OF_KNOWN else named_sql(text)


def several_sql(texts: str) -> str:
    """SQL of a list of texts as filters see it: an empty one is the list of UNKNOWN."""
    return f"if(empty({texts}), ['{UNKNOWN}'], {texts})"


def condition_sql(left: str, kind: Kind, test: Condition, parameters: Parameters) -> str:
    """SQL of one test; `left` is SQL of the tested value."""
    if kind is Kind.INSTANT and test.operator == "on_days":
        # As the key of the facts has it, so that other days are not read.
        days = parameters.add(list(_several(test)), "Array(DateTime('UTC'))")
        return f"(toStartOfDay({left}) IN {days})"
    if kind is Kind.INSTANT:
        return f"({left} {_BOUNDS[test.operator]} {instant_sql(str(test.value), parameters)})"
    scalar = {Kind.NUMBER: "Int64", Kind.MEASURE: "Float64"}.get(kind, "String")
    match test.operator:
        case "eq":
            return f"({left} = {parameters.add(test.value, scalar)})"
        case "in":
            return f"({left} IN {parameters.add(list(_several(test)), f'Array({scalar})')})"
        case "gt" | "gte" | "lt" | "lte" as bound:
            return f"({left} {_BOUNDS[bound]} {parameters.add(test.value, scalar)})"
        case "contains":
            return f"(position({key_sql(left)}, {key_sql(parameters.add(test.value, scalar))}) > 0)"
        case "starts_with":
            return f"startsWith({key_sql(left)}, {key_sql(parameters.add(test.value, scalar))})"
        case "is_null":
            # A text that is missing is empty, and one that is hidden NULL.
            missing = f"ifNull({left} = '', 1)" if kind is Kind.TEXT else f"isNull({left})"
            return missing if test.value else f"(NOT {missing})"
        case "has":
            return f"has({left}, {parameters.add(test.value, scalar)})"
        case operator:
            raise BadInput(f"There is no test {operator!r}. Use eq, in, gt, gte, lt, lte, has, contains or is_null.")


def instant_sql(moment: str, parameters: Parameters) -> str:
    """SQL of a moment of the API to the millisecond; a date is its start in UTC.

    Raises: BadInput.
    """
    milliseconds = round(instants.moment_of(moment, "UTC").timestamp() * 1000)
    return f"fromUnixTimestamp64Milli({parameters.add(milliseconds, 'Int64')}, 'UTC')"


def measure_filter_sql(having: Filter, prefix: str, parameters: Parameters) -> str:
    """SQL of a filter over measures, in columns named `prefix` and slug."""
    return combined_sql(
        having,
        lambda test: condition_sql(f"toFloat64({prefix}{test.dimension})", Kind.MEASURE, test, parameters),
    )


def id_condition_sql(left: str, test: Condition, parameters: Parameters) -> str:
    """SQL of a test of ids; a text that is not an id matches nothing."""
    keys = [key for key in map(ids.parse, map(str, _several(test))) if key is not None]
    return f"({left} IN {parameters.add(keys, 'Array(UInt128)')})"


def key_condition_sql(left: str, test: Condition, parameters: Parameters) -> str:
    """SQL of a test of dense keys."""
    return f"({left} IN {parameters.add(list(_several(test)), 'Array(UInt32)')})"


def _movie_condition_sql(test: Condition, access: Access, parameters: Parameters, as_of: int | None) -> str:
    if test.operator == "among":
        return key_condition_sql("movie_key", test, parameters)
    movies = read(replace(MOVIES, as_of=as_of), ("movie_key", "id"), Access(access.subject, access.role), parameters)
    return f"(movie_key IN (SELECT movie_key FROM {movies} WHERE {id_condition_sql('id', test, parameters)}))"


def _several(test: Condition) -> tuple[str | int | float, ...]:
    return test.value if isinstance(test.value, tuple) else (test.value,)
