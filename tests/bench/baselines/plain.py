"""What an answer costs without Marquee: the same data from a bare Starlette route, and from stock Strawberry.

Nothing is computed: both hold the answer ready, so what is left is HTTP, GraphQL and JSON.
"""

from collections.abc import Mapping
from dataclasses import make_dataclass
from typing import Any

import orjson
import strawberry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from strawberry.asgi import GraphQL


def bare(data: Mapping[str, Any]) -> Starlette:
    """A route that writes the answer as JSON by orjson, and no GraphQL."""

    async def answer(request: Request) -> Response:
        await request.body()
        return Response(orjson.dumps({"data": data}), media_type="application/json")

    return Starlette(routes=[Route("/graphql", answer, methods=["POST"])])


def stock(data: Mapping[str, Any]) -> tuple[GraphQL[None, None], str]:
    """Strawberry as it comes over types of the answer's shape; and the document that selects all of it."""
    kinds: list[type] = []
    root = _typed("Query", data, kinds)
    ready = _filled(root, data)
    fields = {}
    for name in data:

        def resolve(name: str = name) -> Any:
            return getattr(ready, name)

        fields[name] = strawberry.field(resolver=_without_arguments(resolve), graphql_type=root.__annotations__[name])
    query = strawberry.type(type("Query", (), fields))
    return GraphQL(strawberry.Schema(query, types=kinds)), _selection(data)


def _without_arguments(call: Any) -> Any:
    async def resolve() -> Any:
        return call()

    return resolve


def _typed(name: str, shape: Mapping[str, Any], kinds: list[type]) -> type:
    """A Strawberry type with the fields of an object."""
    fields = []
    for field, value in shape.items():
        of: Any = value[0] if isinstance(value, list) else value
        kind: Any = _typed(f"{name}{field.title()}", of, kinds) if isinstance(of, Mapping) else (type(of) | None)
        fields.append((field, list[kind] if isinstance(value, list) else kind))
    made = make_dataclass(name, fields)
    if name != "Query":
        made = strawberry.type(made)
        kinds.append(made)
    made.__annotations__ = dict(fields)
    return made


def _filled(kind: type, values: Mapping[str, Any]) -> Any:
    cells = {}
    for field, value in values.items():
        inner: Any = kind.__annotations__[field]
        if isinstance(value, list):
            cells[field] = [_filled(inner.__args__[0], one) for one in value]
        else:
            cells[field] = _filled(inner, value) if isinstance(value, Mapping) else value
    return kind(**cells)


def _selection(shape: Any) -> str:
    inner = []
    for field, value in shape.items():
        of = value[0] if isinstance(value, list) else value
        inner.append(f"{field} {_selection(of)}" if isinstance(of, Mapping) else field)
    return "{ " + " ".join(inner) + " }"
