"""`/graphql`: GraphQL over HTTP, POST and GET, and as a stream of events."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from server.answering.audit import recorded
from server.answering.execution import Executed
from server.answering.request import GraphQLRequest
from server.answering.service import Service
from server.http.accept import json_kind, wants_events
from server.http.connection_limits import ConnectionLimits
from server.http.disconnect import ClientLeft, attended
from server.http.events import EventStream, of_one
from server.http.requests import caller_of, read_graphql_request
from server.http.responses import CLIENT_LEFT, NotByGet, answer, refusal
from server.http.stream_requests import is_of_shared_stream, reader, shared_stream
from server.identity.callers import Caller
from warehouse.errors import MarqueeError


async def graphql(request: Request) -> Response:
    """Execute the document that a request carries, or add it to a stream."""
    if is_of_shared_stream(request):
        return await shared_stream(request)
    service: Service = request.app.state.service
    connection_limits: ConnectionLimits = request.app.state.connection_limits
    accept = request.headers.get("accept")
    try:
        with recorded(request) as record:
            caller = await caller_of(request)
            charge = partial(service.admission.charge_body, caller.principal)
            graphql_request = await read_graphql_request(request, service.settings.body_bytes, charge)
            kind = service.kind_of(caller.principal, graphql_request)
            if request.method == "POST" and wants_events(accept, kind == "subscription"):
                response = _streamed(request, caller, graphql_request)
                record.hand_on()
                return response
            if request.method != "POST" and kind != "query":
                raise NotByGet(f"A {kind} can't be sent by {request.method}. Use POST.")
            with connection_limits.held(caller.principal.who, graphql_request.size_bytes):
                executed = await service.run_document(attended(caller, request), graphql_request)
    except ClientLeft:
        return Response(status_code=CLIENT_LEFT)
    except MarqueeError as error:
        return refusal(error, kind=json_kind(accept))
    return answer(executed, request)


def _streamed(request: Request, caller: Caller, graphql_request: GraphQLRequest) -> Response:
    """The answers as a stream of events.

    Raises: Forbidden, Overloaded.
    """
    service: Service = request.app.state.service
    connection_limits: ConnectionLimits = request.app.state.connection_limits
    service.check_asks(caller.principal)
    connection_limits.check_room(caller.principal.who)

    async def bodies() -> AsyncGenerator[Executed, None]:
        async with aclosing(service.subscribe(caller, graphql_request)) as answers:
            who = caller.principal.who
            with connection_limits.taken(who), connection_limits.held(who, graphql_request.size_bytes):
                async for executed in answers:
                    yield executed

    return EventStream(of_one(bodies()), reader(request), tells_the_end=True)
