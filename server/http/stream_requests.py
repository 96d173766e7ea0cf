"""Requests of the single connection mode of server-sent events: PUT reserves a stream, GET opens it, POST starts an
operation on it, DELETE ends one. The streams are in `shared_streams.py`.
"""

from collections.abc import AsyncGenerator
from contextlib import ExitStack, aclosing
from dataclasses import replace
from functools import partial

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from server.answering.audit import recorded
from server.answering.execution import Executed
from server.answering.request import GraphQLRequest
from server.answering.service import Service
from server.http.accept import json_kind
from server.http.connection_limits import ConnectionLimits
from server.http.events import EventStream, Read
from server.http.requests import caller_of, graphql_request_of, read_charged_body
from server.http.responses import refusal
from server.http.shared_streams import HEADER, SharedStreams, StreamTaken
from server.identity.callers import Caller
from server.identity.principal import Principal
from server.observing.middleware import notes_of
from warehouse.errors import BadInput, MarqueeError, Unavailable

_NOT_STORED = {"Cache-Control": "no-store"}
_LONGEST_ID = 200


def is_of_shared_stream(request: Request) -> bool:
    """Whether a request is of this mode."""
    return request.method in ("PUT", "DELETE") or (request.method in ("GET", "POST") and HEADER in request.headers)


async def shared_stream(request: Request) -> Response:
    """Reserve or open a stream, start or end an operation."""
    handle = {"PUT": _reserve, "GET": _open, "POST": _start, "DELETE": _stop}[request.method]
    try:
        return await handle(request)
    except MarqueeError as error:
        return refusal(error, kind=json_kind(request.headers.get("accept")))


async def _reserve(request: Request) -> Response:
    with recorded(request) as record:
        caller = await _caller(request)
        _limits(request).check_room(caller.principal.who)
        token = _streams(request).reserve(caller.principal)
        # Each operation has its own audit record.
        record.hand_on()
    return PlainTextResponse(token, 201, headers=_NOT_STORED)


async def _open(request: Request) -> Response:
    with recorded(request) as record:
        caller, token = await _caller(request), _token(request)
        if _streams(request).of(token, caller.principal).is_open:
            raise StreamTaken("This stream is open already. Reserve another one by PUT.")
        _limits(request).check_room(caller.principal.who)
        record.hand_on()

    async def events() -> AsyncGenerator[bytes, None]:
        with _limits(request).taken(caller.principal.who):
            async with aclosing(_streams(request).events(token)) as told:
                async for one in told:
                    yield one

    return EventStream(events(), reader(request), tells_the_end=False)


async def _start(request: Request) -> Response:
    service: Service = request.app.state.service
    with recorded(request) as record:
        caller = await _caller(request)
        charge = partial(service.admission.charge_body, caller.principal)
        sent, size_bytes = await read_charged_body(request, service.settings.body_bytes, charge)
        # Only now: the stream may close while the body arrives.
        stream = _streams(request).of(_token(request), caller.principal)
        graphql_request = replace(graphql_request_of(sent), size_bytes=size_bytes)
        operation_id = _operation_id((sent.get("extensions") or {}).get("operationId"), "`extensions.operationId`")
        stream.check_room(operation_id)
        held = ExitStack()
        held.enter_context(_limits(request).held(caller.principal.who, size_bytes))
        record.hand_on()
    stream.start(operation_id, _answers(request, caller, graphql_request), held.close)
    return Response(status_code=202, headers=_NOT_STORED)


async def _stop(request: Request) -> Response:
    with recorded(request) as record:
        stream = _streams(request).of(_token(request), (await _caller(request)).principal)
        operation_id = _operation_id(request.query_params.get("operationId"), "The query parameter `operationId`")
        record.hand_on()
    stream.stop(operation_id)
    return Response(status_code=200, headers=_NOT_STORED)


async def _answers(request: Request, caller: Caller, asked: GraphQLRequest) -> AsyncGenerator[Executed, None]:
    service: Service = request.app.state.service
    with service.observer.request(notes_of(request.scope, "stream")):
        async with aclosing(service.subscribe(caller, asked)) as answers:
            async for executed in answers:
                yield executed


def reader(request: Request) -> Read:
    """Reads a stream's token again, and whether the server goes on."""
    service: Service = request.app.state.service

    async def read() -> Principal:
        if service.ending.is_set():
            raise Unavailable("The server is shutting down. Ask again when it is back.")
        return (await caller_of(request)).principal

    return read


async def _caller(request: Request) -> Caller:
    service: Service = request.app.state.service
    caller = await caller_of(request)
    service.check_asks(caller.principal)
    return caller


def _token(request: Request) -> str:
    token = request.headers.get(HEADER)
    if not token:
        raise BadInput(f"The header {HEADER} is missing. Reserve a stream by PUT, and send what it answers.")
    return token


def _operation_id(id: object, place: str) -> str:
    if not isinstance(id, str) or not 0 < len(id) <= _LONGEST_ID:
        raise BadInput(f"{place} is not a text of 1 to {_LONGEST_ID} characters.")
    return id


def _streams(request: Request) -> SharedStreams:
    streams: SharedStreams = request.app.state.shared_streams
    return streams


def _limits(request: Request) -> ConnectionLimits:
    limits: ConnectionLimits = request.app.state.connection_limits
    return limits
