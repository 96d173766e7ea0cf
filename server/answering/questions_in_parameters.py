"""Questions in parameters: any measures by any dimensions, without writing GraphQL.

`measures=views,viewers&by=day,genre&last=P7D&where=country:DE` becomes one document over `viewing` or `rating`. Names
are those of the schema, so masks, scopes, limits and messages are those of every document. What has more to say than a
list of names takes the schema's input as JSON.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache, cached_property
from typing import Any

import orjson
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
)

from server.answering.request import GraphQLRequest
from server.strict_json import loaded
from warehouse.errors import BadInput
from warehouse.query.local_time import Grain

QUESTIONS = ("viewing", "rating")
"""The root fields that questions in parameters are of."""

# Of a list of measures or dimensions.
MOST_NAMES = 100
_ROWS = "rows"
_ATTRIBUTE = "attribute."
Readers = Mapping[str, Callable[[str], Any]]
_RANGE = ("last", "from", "to")
_BEGINS_JSON = re.compile(r"\s*[\[{]")
_BOUNDARY = re.compile(r"(?<=[a-z])(?=[A-Z0-9])")
_GRAINS = {one.name for one in Grain}


@cache
def question(schema: GraphQLSchema, root: str) -> "Question":
    """What can be asked of a root field."""
    return Question(schema, root)


@dataclass(frozen=True)
class Question:
    """What can be asked of a root field with `rows`; names and types come from the schema."""

    schema: GraphQLSchema
    root: str

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The names of all parameters."""
        inputs = [name for name in (*self._field.args, *self._rows.args) if name not in ("by", "attributes", "range")]
        return tuple(dict.fromkeys(("measures", "by", *_RANGE, "range", *inputs)))

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """The names of the measures, as fields of a row."""
        enum = self._input(self._rows.args["having"]).fields
        return tuple(name for name in self._row.fields if name in enum)

    @cached_property
    def dimensions(self) -> tuple[str, ...]:
        """The names of what `by` takes, as fields of a row are written; attributes are beside them."""
        return tuple(camel(name) for name in self._enum(self._rows.args["by"]) if name != "ATTRIBUTE")

    @cached_property
    def descriptions(self) -> dict[str, str]:
        """What each measure and dimension is, by name."""
        return {name: one.description or "" for name, one in self._row.fields.items()}

    def kind_of(self, name: str) -> GraphQLInputType:
        """The type of an argument."""
        argument = self._field.args.get(name) or self._rows.args[name]
        kind: GraphQLInputType = argument.type
        return kind

    @cached_property
    def filters(self) -> GraphQLInputObjectType:
        """The input that `where` takes."""
        return self._input(self._field.args["where"])

    def request(self, texts: Mapping[str, str]) -> GraphQLRequest:
        """The document and variables of a question.

        Raises: BadInput for an unknown or malformed parameter, with the valid names.
        """
        texts = self._given(texts)
        measures = [self._known(one, self.measures, "measure") for one in _listed(texts.get("measures", ""))]
        if not measures:
            raise BadInput(f"No measures. Add measures=views, or others of {', '.join(self.measures)}.")
        by, attributes = self._groups(texts.get("by", ""))
        written = _Writing(texts, self._readers(measures[0]))
        outer = [*written.arguments(self._field.args, {"range": _range(texts)})]
        groups = {"by": [_enum(one) for one in by] or None, "attributes": attributes or None}
        inner = [*written.arguments(self._rows.args, groups)]
        fields = [*self._labels(by, attributes), *measures, *self._extra(measures, texts)]
        head = ", ".join(f"${name}: {kind}" for name, kind in written.kinds.items())
        document = (
            f"query {self.root.capitalize()}{f'({head})' if head else ''} {{\n"
            f"  {self.root}{_called(outer)} {{\n    {_ROWS}{_called(inner)} {{\n      "
            + "\n      ".join(fields)
            + "\n    }\n  }\n}\n"
        )
        return GraphQLRequest(document, variables=written.variables, only_queries=True)

    def _given(self, texts: Mapping[str, str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for written, text in texts.items():
            name = self._known(written, self.parameters, "parameter")
            if name in found:
                raise BadInput(f"The parameter {name} is given twice.")
            found[name] = text
        return found

    def _groups(self, text: str) -> tuple[list[str], list[str]]:
        names = _listed(text)
        takes_attributes = "attributes" in self._rows.args
        attributes = [one for one in names if takes_attributes and one.startswith(_ATTRIBUTE)]
        by = [self._known(one, self.dimensions, "dimension") for one in names if one not in attributes]
        return by, [one.removeprefix(_ATTRIBUTE) for one in attributes]

    def _labels(self, by: Sequence[str], attributes: Sequence[str]) -> Iterator[str]:
        grains = [one for one in by if _enum(one) in _GRAINS]
        for one in by:
            if one in grains:
                yield "time" if len(grains) == 1 else f"{one}: time(grain: {_enum(one)})"
            else:
                kind = get_named_type(self._row.fields[one].type)
                yield f"{one} {{ sourceId title }}" if isinstance(kind, GraphQLObjectType) else one
        for number, path in enumerate(attributes, 1):
            alias = "" if len(attributes) == 1 else f"attribute{number}: "
            yield f"{alias}attribute(path: {orjson.dumps(path).decode()})"

    def _extra(self, measures: Sequence[str], texts: Mapping[str, str]) -> Iterator[str]:
        if "top" in texts:
            yield "isOthers"
        if "compareTo" in texts:
            yield f"previous {{ {' '.join(measures)} }}"
            yield f"change {{ {' '.join(measures)} }}"

    def _readers(self, first: str) -> Readers:
        def top(text: str) -> Any:
            return {"n": _whole("top", text), "by": _enum(first)}

        return {
            "where": lambda text: where_of(self.filters, text, self._known),
            "orderBy": self._order,
            "compareTo": _enum,
            "top": top,
            "limit": lambda text: _whole("limit", text),
            "fill": lambda text: _truth("fill", text),
        }

    def _order(self, text: str) -> list[dict[str, str]]:
        known = (*self.measures, *self.dimensions, "time")
        order = []
        for one in _listed(text):
            name = self._known(one.removeprefix("-"), known, "measure or dimension")
            field = "TIME" if _enum(name) in _GRAINS else _enum(name)
            order.append({"field": field, "direction": "DESC" if one.startswith("-") else "ASC"})
        return order

    def _known(self, name: str, names: Sequence[str], kind: str) -> str:
        return known_name(self.root, name, names, kind)

    @property
    def _field(self) -> GraphQLField:
        assert self.schema.query_type is not None
        field: GraphQLField = self.schema.query_type.fields[self.root]
        return field

    @property
    def _rows(self) -> GraphQLField:
        rows: GraphQLField = self._object(self._field).fields[_ROWS]
        return rows

    @property
    def _row(self) -> GraphQLObjectType:
        return self._object(self._rows)

    def _object(self, of: GraphQLField) -> GraphQLObjectType:
        kind = get_named_type(of.type)
        assert isinstance(kind, GraphQLObjectType)
        return kind

    def _input(self, argument: GraphQLArgument) -> GraphQLInputObjectType:
        kind = get_named_type(argument.type)
        assert isinstance(kind, GraphQLInputObjectType)
        return kind

    def _enum(self, argument: GraphQLArgument) -> Sequence[str]:
        kind = get_named_type(argument.type)
        assert isinstance(kind, GraphQLEnumType)
        return list(kind.values)


@dataclass
class _Writing:
    """Variables of a document in the making: their values, and the types that its head declares."""

    texts: Mapping[str, str]
    readers: Readers
    variables: dict[str, Any] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    def arguments(self, known: Mapping[str, GraphQLArgument], made: Mapping[str, Any]) -> Iterator[str]:
        """`name: $name` for each argument that was given. One that both levels know goes to the outer one."""
        for name, argument in known.items():
            value = made.get(name)
            if name not in made and name in self.texts and name not in self.variables:
                value = self._value(name, self.texts[name])
            if value is not None and name not in self.variables:
                self.variables[name], self.kinds[name] = value, str(argument.type)
                yield f"{name}: ${name}"

    def _value(self, name: str, text: str) -> Any:
        if _BEGINS_JSON.match(text):
            return parsed_json(name, text)
        return self.readers.get(name, str)(text)


def _called(arguments: Sequence[str]) -> str:
    return f"({', '.join(arguments)})" if arguments else ""


def _range(texts: Mapping[str, str]) -> Any:
    """The range of `last`, `from` and `to`, or of `range`; None for the default."""
    ends = {name: texts[name] for name in _RANGE if name in texts}
    if ends and "range" in texts:
        raise BadInput(f"Give either range or {', '.join(ends)}, not both.")
    return range_of(texts["range"]) if "range" in texts else ends or None


def range_of(text: str) -> Any:
    """A range: its duration up to now (`P7D`), its ends (`2026-01-01/2026-02-01`), or the input as JSON."""
    if _BEGINS_JSON.match(text):
        return parsed_json("range", text)
    begin, has_ends, end = text.partition("/")
    if not has_ends:
        return {"last": text}
    if not begin or not end:
        raise BadInput(f"range is {text[:60]!r}, expected a duration, P7D, or two ends, 2026-01-01/2026-02-01.")
    return {"from": begin, "to": end}


def filters_in(kind: GraphQLInputObjectType) -> list[str]:
    """The fields of a filter that are compared with values alone."""
    below = {name: getattr(get_named_type(one.type), "fields", {}) for name, one in kind.fields.items()}
    return [name for name, tests in below.items() if {"eq", "in"} <= set(tests) and "path" not in tests]


def conditions(
    kind: GraphQLInputObjectType,
    pairs: Iterable[tuple[str, str]],
    known: Callable[[str, Sequence[str], str], str],
) -> dict[str, Any]:
    """A filter in which each field equals a value, or one of several: `("country", "DE,AT")`.

    Raises: BadInput for an unknown field, one that is given twice, and a value of another type.
    """
    fields, found = filters_in(kind), dict[str, Any]()
    for written, values in pairs:
        name = known(written, fields, "filter")
        if name in found:
            raise BadInput(f"where has {name} twice. Several values of one field: {name}:a,b.")
        filtered = get_named_type(kind.fields[name].type)
        assert isinstance(filtered, GraphQLInputObjectType)
        read = _VALUES.get(str(get_named_type(filtered.fields["eq"].type)), _text)
        found[name] = _tested([read(name, one) for one in values.split(",")])
    return found


def where_of(kind: GraphQLInputObjectType, text: str, known: Callable[[str, Sequence[str], str], str]) -> Any:
    """A filter as JSON, or as conditions: `country:DE,AT;releaseYear:2020`."""
    return parsed_json("where", text) if _BEGINS_JSON.match(text) else conditions(kind, _pairs(text), known)


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """The conditions of `country:DE,AT;releaseYear:2020`."""
    for condition in text.split(";"):
        name, colon, values = condition.partition(":")
        if not colon or not values:
            raise BadInput(
                f"where is {text[:60]!r}, expected conditions such as country:DE,AT;genre:Drama, or the filter as JSON."
            )
        yield name.strip(), values


def _tested(values: Sequence[Any]) -> dict[str, Any]:
    return {"eq": values[0]} if len(values) == 1 else {"in": list(values)}


def parsed_json(name: str, text: str) -> Any:
    """The value of a parameter that is JSON.

    Raises: BadInput.
    """
    try:
        return loaded(text.encode())
    except orjson.JSONDecodeError as error:
        raise BadInput(f"{name} is not valid JSON: {error.msg} at character {error.pos}.") from error


def _whole(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise BadInput(f"{name} is {text[:60]!r}, expected a whole number.") from error


def _truth(name: str, text: str) -> bool:
    if text not in ("true", "false"):
        raise BadInput(f"{name} is {text[:60]!r}, expected true or false.")
    return text == "true"


def _text(_: str, text: str) -> str:
    return text


_VALUES: Mapping[str, Callable[[str, str], Any]] = {"Int": _whole, "Long": _whole, "Boolean": _truth}


def _listed(text: str) -> list[str]:
    names = [one.strip() for one in text.split(",") if one.strip()]
    if len(names) > MOST_NAMES:
        raise BadInput(f"A list of {len(names):,} names; at most {MOST_NAMES}.")
    return names


def _enum(name: str) -> str:
    """`watchHours` as the schema's enums write it: `WATCH_HOURS`."""
    return _BOUNDARY.sub("_", name).upper()


def camel(name: str) -> str:
    """`WATCH_HOURS` or `watch_hours` as the schema writes fields: `watchHours`."""
    first, *rest = name.lower().split("_")
    return first + "".join(part.capitalize() for part in rest)


def known_name(owner: str, name: str, names: Sequence[str], kind: str) -> str:
    """The name as the schema writes it, whatever the case of its letters.

    Raises: BadInput for a name of none, with the one that may be meant.
    """
    folded = _folded(tuple(names))
    found = folded.get(_bare(name))
    if found is None:
        near = get_close_matches(_bare(name), list(folded), n=1)
        meant = f" Did you mean {folded[near[0]]}?" if near else ""
        raise BadInput(f"{owner} has no {kind} {name[:60]!r}.{meant} It has: {', '.join(names)}.")
    return found


@cache
def _folded(names: tuple[str, ...]) -> Mapping[str, str]:
    """Names by their letters."""
    return {_bare(one): one for one in names}


def _bare(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()
