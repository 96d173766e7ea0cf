"""The OpenAPI 3.1 document: a path for each published query, and those of questions in parameters."""

import re
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    OperationType,
    is_input_type,
    parse,
    type_from_ast,
    value_from_ast_untyped,
)

from resolvers.documents import mistakes_in
from schema.chosen_operation import operation_of
from server.answering.published_operations import Operation
from server.answering.questions_in_parameters import QUESTIONS, question
from server.export.answer_format import AnswerFormat
from server.export.files import JSON
from server.export.table import shape_of
from server.openapi.json_schema import JsonSchemas
from warehouse.errors import BadInput

Json = dict[str, Any]
_COMMENT = re.compile(r"(?:#[^\n]*\n)+")
_REFUSALS = {
    "400": "A malformed or unknown parameter, or a question that costs too much.",
    "401": "No token, or one that is malformed, expired or revoked.",
    "403": "The token may not ask this.",
    "429": "The budget is used up. `Retry-After` says for how long.",
    "503": "The warehouse does not answer, or the server is about to stop.",
}
_ERRORS: Json = {
    "type": "object",
    "required": ["errors"],
    "properties": {
        "errors": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["message"],
                "properties": {
                    "message": {"type": "string"},
                    "path": {"type": "array", "items": {"type": ["string", "integer"]}},
                    "extensions": {"type": "object", "properties": {"code": {"type": "string"}}},
                },
            },
        }
    },
}
_QUESTION_TEXTS: Mapping[str, str] = {
    "measures": "Fields of a row, with commas between them.",
    "by": "Dimensions, with commas between them; attributes as `attribute.app.version`.",
    "last": "The range, back from the newest data: `P7D`.",
    "from": "Where the range begins.",
    "to": "Where the range ends.",
    "range": "The range as JSON.",
    "where": "Conditions, `country:DE,AT;genre:Drama`, or the filter as JSON.",
    "having": "Conditions on measures, as JSON.",
    "orderBy": "Measures and dimensions, with commas between them; a minus is descending.",
    "limit": "The most rows.",
    "top": "How many values of the first dimension, with all others in one row; or JSON.",
    "fill": "`true` for a row of every time bucket.",
    "timeZone": "The time zone of days and hours.",
    "compareTo": "Which range to compare with.",
    "asOf": "Answer as of this moment.",
}


def specification(schema: GraphQLSchema, operations: Mapping[str, Operation], url: str) -> Json:
    """The document, for a server at `url`."""
    schemas = JsonSchemas(schema)
    # One that an admin published may be older than the schema.
    asked = [one for one in operations.values() if is_query(one) and not mistakes_in(schema, one.document)]
    paths = {f"/api/{one.name}": {"get": _operation(schemas, one)} for one in asked}
    paths |= {f"/api/{root}": {"get": _question(schema, root)} for root in QUESTIONS}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Marquee",
            "version": version("marquee"),
            "description": "Analytics of a film-streaming service. The same answers as `/graphql`, for the same token.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": url}],
        "security": [{"token": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
            "responses": {code: _refusal(text) for code, text in _REFUSALS.items()},
            "schemas": {"Errors": _ERRORS, **dict(sorted(schemas.components.items()))},
        },
    }


def is_query(operation: Operation) -> bool:
    """Whether a published operation only reads, once."""
    definition = operation_of(parse(operation.document))
    return definition is not None and definition.operation is OperationType.QUERY


def _operation(schemas: JsonSchemas, operation: Operation) -> Json:
    document = parse(operation.document)
    is_table = _is_table(schemas.schema, operation.document)
    return {
        "operationId": operation.name,
        "summary": summary_of(operation),
        "parameters": [*_variables(schemas, document), *(_file_parameters() if is_table else [])],
        "responses": _responses(schemas.of_answer(document), is_table),
    }


def _question(schema: GraphQLSchema, root: str) -> Json:
    asked = question(schema, root)
    names: Json = {"type": "string"}
    parameters = [
        {
            "name": name,
            "in": "query",
            "required": name == "measures",
            "description": _QUESTION_TEXTS[name],
            "schema": names,
            **({"example": ",".join(asked.measures[:2])} if name == "measures" else {}),
        }
        for name in asked.parameters
    ]
    rows = {"type": "array", "items": {"type": "object"}}
    found = {"type": ["object", "null"], "properties": {"rows": rows}}
    answer = {"type": ["object", "null"], "properties": {root: found}}
    return {
        "operationId": root,
        "summary": f"Any question of `{root}` in parameters. Measures: {', '.join(asked.measures)}. Dimensions: "
        f"{', '.join(asked.dimensions)}.",
        "parameters": [*parameters, *_file_parameters()],
        "responses": _responses(answer, is_table=True),
    }


def summary_of(operation: Operation) -> str:
    """What a published operation tells, by the comment of its file."""
    comment = _COMMENT.match(operation.document)
    return " ".join(line.lstrip("# ") for line in comment[0].splitlines()) if comment else operation.name


def _is_table(schema: GraphQLSchema, document: str) -> bool:
    try:
        return shape_of(schema, document).is_list
    except BadInput:
        return False


def _variables(schemas: JsonSchemas, document: DocumentNode) -> Iterator[Json]:
    definition = operation_of(document)
    assert definition is not None
    for variable in definition.variable_definitions or ():
        kind = type_from_ast(schemas.schema, variable.type)
        assert is_input_type(kind)
        bare = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        # A parameter that is not there is null.
        found = schemas.of_input(GraphQLNonNull(bare))
        default = variable.default_value
        if default is not None:
            found = {**found, "default": value_from_ast_untyped(default)}
        yield {
            "name": variable.variable.name.value,
            "in": "query",
            "required": isinstance(kind, GraphQLNonNull) and default is None,
            **({"content": {"application/json": {"schema": found}}} if _is_json(bare) else {"schema": found}),
        }


def _is_json(kind: GraphQLInputType) -> bool:
    """Whether the parameter is JSON: an input or a list."""
    return isinstance(kind, GraphQLList | GraphQLInputObjectType)


def _file_parameters() -> list[Json]:
    formats = [JSON, *(one.value for one in AnswerFormat)]
    return [
        {
            "name": "format",
            "in": "query",
            "description": "The answer as a file.",
            "schema": {"type": "string", "enum": formats, "default": JSON},
        },
        {
            "name": "raw",
            "in": "query",
            "description": "CSV with texts as they are, for programs: a spreadsheet may run them.",
            "schema": {"type": "boolean", "default": False},
        },
    ]


def _responses(data: Json, is_table: bool) -> Json:
    body = {
        "type": "object",
        "required": ["data"],
        "properties": {
            "data": data,
            "errors": {"$ref": "#/components/schemas/Errors/properties/errors"},
            "extensions": {"type": "object"},
        },
    }
    content: Json = {"application/json": {"schema": body}}
    if is_table:
        for one in AnswerFormat:
            content[one.media_type] = {"schema": {"type": "string"} if one.is_text else {}}
    return {
        "200": {"description": "The answer.", "content": content},
        **{code: {"$ref": f"#/components/responses/{code}"} for code in _REFUSALS},
    }


def _refusal(text: str) -> Json:
    schema = {"$ref": "#/components/schemas/Errors"}
    return {"description": text, "content": {"application/json": {"schema": schema}}}
