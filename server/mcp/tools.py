"""The tools: what can be asked, values to ask about, questions, published operations, and how a number was computed.

Arguments are structured, never SQL or GraphQL. Every tool asks the service as any entry point does, so masks, scopes,
limits, budgets and the audit log are those of the token.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import mcp_types as types

from server.answering.execution import Executed
from server.answering.operation_catalogue import Edition
from server.answering.questions_in_parameters import QUESTIONS, camel, question
from server.answering.request import GraphQLRequest
from server.answering.service import Service
from server.export.csv_text import csv_text
from server.export.table import shape_of, without_cache_ids
from server.identity.callers import Caller
from server.openapi.json_schema import JsonSchemas
from server.openapi.specification import is_query, summary_of
from warehouse.errors import BadInput, Forbidden, MarqueeError
from warehouse.model.measures import MEASURES

Arguments = Mapping[str, Any]
Json = dict[str, Any]
# Rows of one answer: more than an assistant reads.
MOST_ROWS = 200
MOST_VALUES = 50
_TEXT: Json = {"type": "string"}
_FILMS = """query Films($first: Int!, $title: String!) {
  movies(first: $first, where: {title: {contains: $title}}, orderBy: {field: VIEWS, direction: DESC}) {
    nodes { id title releaseDate }
  }
}"""


@dataclass(frozen=True)
class Answered:
    """What a tool found: as text, and as data."""

    text: str
    data: Json


@dataclass(frozen=True)
class _Tool:
    name: str
    description: str
    properties: Json
    required: Sequence[str]
    run: Callable[[Caller, Arguments], Awaitable[Answered]]


@dataclass(frozen=True)
class Tools:
    """The tools of a service."""

    service: Service

    def listed(self, caller: Caller) -> list[types.Tool]:
        """The tools that a caller may use, with the schema of their arguments."""
        try:
            self.service.check_asks(caller.principal)
        except Forbidden:
            return []
        return self._listed

    @cached_property
    def _listed(self) -> list[types.Tool]:
        return [
            types.Tool(
                name=one.name,
                description=one.description,
                input_schema=self._schema(one),
                annotations=types.ToolAnnotations(read_only_hint=True, open_world_hint=False),
            )
            for one in self._tools.values()
        ]

    async def call(self, caller: Caller, name: str, arguments: Arguments) -> types.CallToolResult:
        """What a tool answers; a refusal is an answer too, from which an assistant learns what to do next."""
        tool = self._tools.get(name)
        if tool is None:
            return _refusal(f"There is no tool {name[:60]!r}. Tools: {', '.join(self._tools)}.")
        given = {one: value for one, value in arguments.items() if value is not None}
        # Over stdio a client asks for days, and passes no check of a token, where changes are noticed otherwise.
        await self.service.operations.catch_up()
        try:
            self._check(tool, given)
            found = await tool.run(caller, given)
        except MarqueeError as error:
            return _refusal(str(error))
        return types.CallToolResult(content=[types.TextContent(text=found.text)], structured_content=found.data)

    @cached_property
    def _tools(self) -> Mapping[str, _Tool]:
        asked = self._question_properties
        tools = (
            _Tool(
                "list_metrics",
                "The measures and dimensions that `ask` takes, with their definitions and units.",
                {},
                (),
                self._metrics,
            ),
            _Tool(
                "look_up_values",
                "Values of a dimension, those with most views first: to find out how a country, device or film is "
                "written before filtering by it. `contains` narrows them; for `movie` it searches titles.",
                {"dimension": {**_TEXT, "enum": self._looked_up}, "contains": _TEXT},
                ("dimension",),
                self._values,
            ),
            _Tool(
                "ask",
                "Compute any measures by any dimensions over a range of time. `viewing` is about sessions, `rating` "
                f"about ratings. At most {MOST_ROWS} rows.",
                asked,
                ("measures",),
                self._ask,
            ),
            _Tool(
                "compare",
                "The same as `ask`, beside the period before (or `compareTo`), with the change as a fraction.",
                asked,
                ("measures",),
                self._compare,
            ),
            _Tool(
                "explain",
                "How `ask` computes the same arguments: the tables that are read, how new the data is, and how each "
                "measure is defined.",
                asked,
                ("measures",),
                self._explain,
            ),
            _Tool("list_operations", "The published operations, with their variables.", {}, (), self._operations),
            _Tool(
                "run_operation",
                "Run a published operation by its name.",
                {"name": _TEXT, "variables": {"type": "object"}},
                ("name",),
                self._run_operation,
            ),
        )
        return {one.name: one for one in tools}

    @cached_property
    def _schemas(self) -> JsonSchemas:
        return JsonSchemas(self.service.schema.core, at="#/$defs/")

    @cached_property
    def _question_properties(self) -> Json:
        viewing = question(self.service.schema.core, "viewing")
        where, having, compare_to = (self._schemas.of_input(viewing.kind_of(one)) for one in _TYPED)
        return {
            "about": {**_TEXT, "enum": list(QUESTIONS), "default": QUESTIONS[0]},
            "measures": {"type": "array", "items": _TEXT, "minItems": 1, "description": "From `list_metrics`."},
            "by": {
                "type": "array",
                "items": _TEXT,
                "description": "Dimensions from `list_metrics`; attributes as `attribute.app.version`.",
            },
            "last": {**_TEXT, "description": "The range, back from the newest data: P7D, P1M."},
            "from": {**_TEXT, "description": "Where the range begins, instead of `last`: 2026-01-31."},
            "to": {**_TEXT, "description": "Where the range ends."},
            "timeZone": {**_TEXT, "description": "The time zone of days and hours: Europe/Berlin."},
            "where": where,
            "having": having,
            "orderBy": {"type": "array", "items": _TEXT, "description": "A minus before a name is descending: -views."},
            "top": {
                "type": "integer",
                "description": "How many values of the first dimension, and all others in a row.",
            },
            "limit": {"type": "integer", "minimum": 1, "maximum": MOST_ROWS},
            "compareTo": compare_to,
        }

    @cached_property
    def _looked_up(self) -> list[str]:
        dimensions = question(self.service.schema.core, "viewing").dimensions
        return [one for one in dimensions if one not in _TIMES]

    def _schema(self, tool: _Tool) -> Json:
        schema: Json = {"type": "object", "properties": tool.properties, "additionalProperties": False}
        if tool.required:
            schema["required"] = list(tool.required)
        return {**schema, "$defs": self._schemas.components} if "where" in tool.properties else schema

    def _check(self, tool: _Tool, arguments: Arguments) -> None:
        strange = sorted(set(arguments) - set(tool.properties))
        if strange:
            known = ", ".join(tool.properties) or "none"
            raise BadInput(f"{tool.name} has no argument {strange[0][:60]!r}. It has: {known}.")
        missing = [name for name in tool.required if not arguments.get(name)]
        if missing:
            raise BadInput(f"{tool.name} needs the argument {missing[0]}.")

    async def _metrics(self, caller: Caller, arguments: Arguments) -> Answered:  # noqa: ARG002
        self.service.check_asks(caller.principal)
        return self._told_metrics

    @cached_property
    def _told_metrics(self) -> Answered:
        data: Json = {}
        lines = []
        for root in QUESTIONS:
            asked = question(self.service.schema.core, root)
            told = asked.descriptions
            data[root] = {
                "measures": [
                    {"name": name, "description": told[name], "unit": _UNITS.get(name, "")} for name in asked.measures
                ],
                "dimensions": [{"name": name, "description": told.get(name, "")} for name in asked.dimensions],
            }
            lines += [f"{root} measures:", *(f"- {name}: {told[name]}" for name in asked.measures)]
            lines += [f"{root} dimensions: {', '.join(asked.dimensions)}", ""]
        return Answered("\n".join(lines), data)

    async def _values(self, caller: Caller, arguments: Arguments) -> Answered:
        dimension, contains = str(arguments["dimension"]), str(arguments.get("contains", ""))
        if dimension not in self._looked_up:
            raise BadInput(f"There is no dimension {dimension[:60]!r}. Dimensions: {', '.join(self._looked_up)}.")
        if dimension == "movie":
            variables = {"first": MOST_VALUES, "title": contains}
            request = GraphQLRequest(_FILMS, variables=variables, only_queries=True)
            executed = await self.service.run_document(caller, request)
            return _answered(_data(executed)["movies"]["nodes"], {})
        texts = {"measures": "views", "by": dimension, "orderBy": "-views", "limit": str(MOST_VALUES)}
        if contains:
            texts["where"] = json.dumps({dimension: {"contains": contains}})
        found = await self._asked(caller, "viewing", texts)
        return _answered(_rows(found, "viewing"), _notes(found))

    async def _ask(self, caller: Caller, arguments: Arguments) -> Answered:
        root, texts = _texts(arguments)
        is_bounded = bool(texts.get("by")) and "limit" not in texts
        if is_bounded:
            texts["limit"] = str(MOST_ROWS + 1)
        elif "limit" in texts and texts["limit"] not in _LIMITS:
            raise BadInput(f"limit is {texts['limit'][:60]}; expected a number of rows from 1 to {MOST_ROWS}.")
        found = await self._asked(caller, root, texts)
        rows, notes = _rows(found, root), _notes(found)
        if len(rows) > MOST_ROWS:
            rows = rows[:MOST_ROWS]
            notes["isCut"] = True
            notes["hint"] = f"There are more than {MOST_ROWS} rows. Narrow with where or having, or order and limit."
        return _answered(rows, notes)

    async def _compare(self, caller: Caller, arguments: Arguments) -> Answered:
        return await self._ask(caller, {"compareTo": "PREVIOUS_PERIOD", **arguments})

    async def _explain(self, caller: Caller, arguments: Arguments) -> Answered:
        root, texts = _texts(arguments)
        found = await self._asked(caller, root, texts, explains=True)
        told = question(self.service.schema.core, root).descriptions
        notes = dict(found.body.get("extensions", {}).get("marquee", {}))
        notes["definitions"] = {name: told[name] for name in texts["measures"].split(",") if name in told}
        return Answered(json.dumps(notes, indent=1), notes)

    async def _operations(self, caller: Caller, arguments: Arguments) -> Answered:  # noqa: ARG002
        self.service.check_asks(caller.principal)
        return _told_operations(self.service.operations.edition)

    async def _run_operation(self, caller: Caller, arguments: Arguments) -> Answered:
        name, variables = str(arguments["name"]), arguments.get("variables", {})
        if not isinstance(variables, dict):
            raise BadInput("variables is not an object. Give the operation's variables by name.")
        texts = {one: _variable(value) for one, value in variables.items() if value is not None}
        executed = await self.service.run_operation(caller, name, texts)
        schema, document = self.service.schema.core, self.service.published.query(name).document
        data = without_cache_ids(schema, document, _data(executed))
        try:
            shape = shape_of(schema, document)
        except BadInput:
            text = json.dumps(data)
        else:
            text = csv_text(shape, data, is_raw=True)
        return Answered(text, {"data": data, **_notes(executed)})

    async def _asked(self, caller: Caller, root: str, texts: dict[str, str], explains: bool = False) -> Executed:
        self.service.check_asks(caller.principal)
        request = question(self.service.schema.core, root).request(texts)
        executed = await self.service.run_document(caller, replace(request, explains=explains))
        _data(executed)
        return executed


@lru_cache(maxsize=2)
def _told_operations(edition: Edition) -> Answered:
    found = [
        {"name": one.name, "description": summary_of(one), "variables": dict(one.kinds)}
        for one in edition.operations.values()
        if is_query(one)
    ]
    return Answered("\n".join(f"- {one['name']}: {one['description']}" for one in found), {"operations": found})


_LIMITS = frozenset(str(number) for number in range(1, MOST_ROWS + 1))
_TYPED = ("where", "having", "compareTo")
_TIMES = frozenset(
    {
        *("quarterHour", "hour", "day", "week", "month", "quarter", "year"),
        *("hourOfDay", "dayOfWeek", "daysSinceRelease", "releaseYear"),
    }
)
_UNITS = {camel(measure.slug): measure.unit.value for measure in MEASURES.values()}


def _texts(arguments: Arguments) -> tuple[str, dict[str, str]]:
    """The root field that is asked, and the arguments as parameters of a question."""
    given = dict(arguments)
    root = str(given.pop("about", QUESTIONS[0]))
    if root not in QUESTIONS:
        raise BadInput(f"about is {root[:60]!r}. Use one of: {', '.join(QUESTIONS)}.")
    return root, {name: _text(value) for name, value in given.items()}


def _text(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ",".join(value)
    return value if isinstance(value, str) else json.dumps(value)


def _variable(value: Any) -> str:
    """A variable of an operation as text: JSON, but for texts."""
    return value if isinstance(value, str) else json.dumps(value)


def _data(executed: Executed) -> Any:
    """The data of an answer.

    Raises: BadInput with all that went wrong.
    """
    errors = executed.body.get("errors")
    if errors:
        raise BadInput("\n".join(error["message"] for error in errors))
    return executed.body["data"]


def _rows(executed: Executed, root: str) -> list[Json]:
    return list(executed.body["data"][root]["rows"])


def _notes(executed: Executed) -> Json:
    """Of which range, data and tables an answer is, and which filter values nothing has."""
    told = executed.body.get("extensions", {}).get("marquee", {})
    path: Json = next(iter(told.get("paths", {}).values()), {})
    notes = {
        "range": path.get("range"),
        "source": path.get("source"),
        "dataThrough": told.get("dataThrough"),
        "unmatched": told.get("unmatched"),
        "results": told.get("results"),
    }
    return {name: value for name, value in notes.items() if value}


def _answered(rows: Sequence[Json], notes: Json) -> Answered:
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    tail = [json.dumps(notes, ensure_ascii=False)] if notes else []
    return Answered("\n".join([*lines, *tail]) or "No rows.", {"rows": list(rows), **notes})


def _refusal(message: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(text=message)], is_error=True)
