"""`/graphql` and `/api/{operation}`: GraphQL over HTTP, POST and GET; one error shape, whatever is wrong."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from server import events
from server.audit import address_of, recorded
from server.budget import TooManyRequests
from server.challenge import challenge
from server.events import EventStream
from server.execution import Executed, error_of
from server.exports import Format, exported, format_of, status_of_code
from server.leaving import ClientLeft, while_here
from server.principal import Principal
from server.seats import Seats
from server.service import Asking, Caller, Service
from warehouse.errors import BadInput, Forbidden, MarqueeError, Unauthenticated

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"


class TooLarge(BadInput):
    """The body is larger than it may be."""


_STATUS = ((Unauthenticated, 401), (Forbidden, 403), (TooLarge, 413), (BadInput, 400), (TooManyRequests, 429))
# What proxies log where the client has gone; nobody reads it.
_CLIENT_LEFT = 499


async def graphql(request: Request) -> Response:
    """Execute the document that a request carries."""
    service: Service = request.app.state.service
    try:
        with recorded(request) as record:
            caller = await caller_of(request)
            asking = await _asking(request, service.settings.body_bytes)
            if request.method == "POST" and events.KIND in request.headers.get("accept", ""):
                response = _streamed(request, caller, asking)
                record.hand_on()
                return response
            executed = await while_here(request, service.ask(caller, asking))
    except ClientLeft:
        return Response(status_code=_CLIENT_LEFT)
    except MarqueeError as error:
        return refusal(error)
    return _answer(executed, request)


async def api(request: Request) -> Response:
    """Run a published operation; variables are query parameters."""
    service: Service = request.app.state.service
    name = request.path_params["operation"]
    try:
        with recorded(request, operation=name):
            caller = await caller_of(request)
            texts = _texts(request)
            kind = format_of(texts.pop("format", Format.JSON))
            shape = None if kind is Format.JSON else service.shape(name)
            executed = await while_here(request, service.run(caller, name, texts))
    except ClientLeft:
        return Response(status_code=_CLIENT_LEFT)
    except MarqueeError as error:
        return refusal(error)
    if shape is None:
        return _answer(executed, request)
    if "errors" in executed.body:
        # Never a part of a file: a program that reads it would take it for the whole.
        return _json(executed.content, status_of_code(executed.body["errors"][0]["extensions"]["code"]))
    return await run_in_threadpool(exported, shape, executed.body["data"], kind, name)


async def caller_of(request: Request) -> Caller:
    """Who sent a request.

    Raises: Unauthenticated.
    """
    service: Service = request.app.state.service
    return await service.caller(request.headers.get("authorization"), address_of(request))


def _streamed(request: Request, caller: Caller, asking: Asking) -> Response:
    """The answers as they come.

    Raises: Forbidden, Overloaded.
    """
    service: Service = request.app.state.service
    seats: Seats = request.app.state.seats
    service.check_asks(caller.principal)
    seats.check_room(caller.principal.subject)

    async def bodies() -> AsyncGenerator[Executed, None]:
        async with aclosing(service.subscribe(caller, asking)) as answers:
            with seats.taken(caller.principal.subject):
                async for executed in answers:
                    yield executed

    async def read() -> Principal:
        return (await caller_of(request)).principal

    return EventStream(bodies(), read)


def refusal(error: Exception, status: int | None = None, headers: Mapping[str, str] | None = None) -> Response:
    """The response to a request that was not executed; its status is the error's own where none is given."""
    status = status or status_of(error)
    shown = {**challenge(error), **(headers or {})}
    if isinstance(error, TooManyRequests):
        shown["Retry-After"] = str(error.retry_after_s)
    return _json(orjson.dumps({"errors": [error_of(error)]}), status, headers=shown)


def status_of(error: Exception) -> int:
    """The HTTP status of a request that was refused with an error of ours."""
    return next((code for kind, code in _STATUS if isinstance(error, kind)), 503)


def _answer(executed: Executed, request: Request) -> Response:
    """A refused document is a 400 where the client speaks GraphQL's own media type, else a 200, as clients of JSON
    expect.
    """
    speaks_graphql = GRAPHQL in request.headers.get("accept", "")
    status = 400 if speaks_graphql and not executed.ran else 200
    return _json(executed.content, status, GRAPHQL if speaks_graphql else JSON)


def _json(content: bytes, status: int, kind: str = JSON, headers: Mapping[str, str] | None = None) -> Response:
    shown = {"Cache-Control": "no-store", "Content-Type": f"{kind}; charset=utf-8", **(headers or {})}
    return Response(content, status, headers=shown)


async def _asking(request: Request, most_bytes: int) -> Asking:
    """What the request's `{query or documentId, variables, operationName}` ask.

    Raises: BadInput for anything else.
    """
    asked: Any
    # HEAD is a GET whose answer is not sent: what may not change anything is everything but POST.
    only_queries = request.method != "POST"
    if only_queries:
        asked = dict(request.query_params)
        if "variables" in asked:
            asked["variables"] = _parsed(asked["variables"].encode(), "The query parameter `variables`")
    else:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != JSON:
            raise BadInput(f"The body's type is {kind or 'not given'}. Send Content-Type: {JSON}.")
        asked = _parsed(await _body(request, most_bytes), "The body")
    return asking_of(asked, only_queries)


def asking_of(asked: Any, only_queries: bool = False) -> Asking:
    """What `{query or documentId, variables, operationName}` ask, wherever they stood.

    Raises: BadInput for anything else.
    """
    if isinstance(asked, list):
        raise BadInput("The body is a list. Batches are not answered: send one request for each document.")
    if not isinstance(asked, dict):
        raise BadInput('The body is no JSON object. Send {"query": "...", "variables": {...}}.')
    for name, kinds, words in (
        ("query", str, "a text"),
        ("documentId", str, "a text"),
        ("variables", dict, "an object"),
        ("operationName", str, "a text"),
    ):
        if asked.get(name) is not None and not isinstance(asked[name], kinds):
            raise BadInput(f"`{name}` is not {words}.")
    document, document_id = asked.get("query"), asked.get("documentId")
    if not document and not document_id:
        raise BadInput(
            'There is no document. Send {"query": "{ viewer { role } }"}, or the documentId of a published one.'
        )
    if document and document_id:
        raise BadInput("There is a `query` and a `documentId`. Send one of them.")
    return Asking(
        document or "",
        document_id=document_id or None,
        variables=asked.get("variables"),
        operation=asked.get("operationName"),
        only_queries=only_queries,
    )


async def _body(request: Request, most_bytes: int) -> bytes:
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most_bytes:
                raise TooLarge(f"The body is larger than {most_bytes} bytes. Send less, or raise MARQUEE_BODY_BYTES.")
    except ClientDisconnect as error:
        raise BadInput("The body ended before it was whole.") from error
    return bytes(body)


def _parsed(text: bytes, what: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadInput(f"{what} is no JSON: {error.msg} at character {error.pos}.") from error


def _texts(request: Request) -> dict[str, str]:
    texts: dict[str, str] = {}
    for name, text in request.query_params.multi_items():
        if name in texts:
            raise BadInput(f"The variable {name} is given twice. Send lists as JSON.")
        texts[name] = text
    return texts
