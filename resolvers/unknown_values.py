"""Notes filter and argument values that no film, user or session has, next to the answer.

Only askers who could read the full list of values get these notes. Questions about the past get none, because the known
values are the present ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLResolveInfo
from strawberry.utils.str_converters import to_camel_case

from resolvers.context import Context, Unmatched, path_of
from warehouse.query.known_values import Key, beyond, films_are_told, is_told, key_of, missing_films
from warehouse.query.question import Condition, Filter, conditions_of

FILM = "movie"
_TESTED = frozenset({"eq", "in", "has"})


@dataclass(frozen=True)
class RequestedValues:
    """The values of one filter or argument `name`, and the key of its dimension's known values; None for film ids."""

    name: str
    key: Key | None
    values: tuple[str, ...]


async def note_filter(
    context: Context, info: GraphQLResolveInfo[Any], where: Filter | None, as_of: int | None = None, id_is_of: str = ""
) -> None:
    """Note the filter values without matches; `id_is_of` says whether conditions on `id` are about films."""
    if where is None or as_of is not None:
        return
    requested = [_requested_by(test, id_is_of) for test in conditions_of(where) if test.operator in _TESTED]
    await note_requested(context, info, requested)


async def note_argument(context: Context, info: GraphQLResolveInfo[Any], dimension: str, value: str, name: str) -> None:
    """Note an argument's dimension value if nothing has it."""
    key = None if dimension == FILM else key_of(dimension, "eq")
    await note_requested(context, info, [RequestedValues(name, key, (value,))])


async def note_requested(context: Context, info: GraphQLResolveInfo[Any], requested: Sequence[RequestedValues]) -> None:
    """Note the requested values without matches, if the asker may know."""
    told = [one for one in requested if one.values and _is_told(one, context)]
    if told:
        path = path_of(info)
        found = await context.work(lambda: [note for one in told for note in _notes(one, path, context)], path)
        context.unmatched |= dict.fromkeys(found)


def _requested_by(test: Condition, id_is_of: str) -> RequestedValues:
    values = test.value if isinstance(test.value, tuple) else (test.value,)
    texts = tuple(value for value in values if isinstance(value, str))
    if test.dimension == FILM or (test.dimension == "id" and id_is_of == FILM):
        return RequestedValues(test.dimension, None, texts)
    return RequestedValues(to_camel_case(test.dimension), key_of(test.dimension, test.operator), texts)


def _is_told(one: RequestedValues, context: Context) -> bool:
    return films_are_told(context.access) if one.key is None else is_told(one.key, context.access)


def _notes(one: RequestedValues, path: str, context: Context) -> list[Unmatched]:
    if one.key is None:
        return [Unmatched(path, one.name, value) for value in missing_films(context.warehouse.engine, one.values)]
    known = context.warehouse.reader.known_values.of(context.warehouse.reader.commits, one.key, one.values)
    return [] if known is None else [Unmatched(path, one.name, value, known) for value in beyond(known, one.values)]
