"""`/graphql` as a WebSocket: operations and events over `graphql-transport-ws`, until the token expires.


Strawberry's own handler passes documents straight to the schema, which would skip the rules in `Service`, and it has no
limit on message size and no token expiry. So this handler uses `Service.subscribe`.
A slow reader builds up no backlog: the next event is computed after the transport accepted the last one, so it is
always current. The transport drops clients that stop answering its pings.
"""

import asyncio
from collections.abc import Mapping
from contextlib import ExitStack, aclosing, suppress
from functools import partial
from typing import Any

import orjson
from starlette.responses import PlainTextResponse, Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from server.answering.audit import address_of, recorded, refused
from server.answering.errors import error_of
from server.answering.request import GraphQLRequest
from server.answering.service import Service
from server.http.bounded_socket import greeted
from server.http.cancelled_tasks import ended
from server.http.challenge import NoToken
from server.http.connection_limits import ConnectionLimits
from server.http.cookies import authorization_of
from server.http.requests import Charge
from server.http.token_expiry import until_ended
from server.http.websocket_messages import PROTOCOL, Closed, Code, Complete, Init, Ping, Pong, Subscribe, read_message
from server.http.websocket_origins import may_connect
from server.identity.callers import Caller
from server.identity.principal import Principal
from server.observing.middleware import notes_of
from server.settings import Settings
from warehouse.errors import Forbidden, Overloaded, Unauthenticated

INIT_S = 5.0
# A longer message is not read from who has shown no token: reading one of a megabyte takes a core 60 ms.
MOST_GREETING_BYTES = 16_384
# So many operations of one socket run at once, and so many more wait in line.
MOST_OPERATIONS, MOST_WAITING = 20, 200


async def graphql_socket(websocket: WebSocket) -> None:
    """Handle one socket from handshake to close."""
    service: Service = websocket.app.state.service
    connection_limits: ConnectionLimits = websocket.app.state.connection_limits
    refusal = _refusal(websocket, service.settings)
    if refusal is not None:
        await websocket.send_denial_response(refusal)
        return
    offered = PROTOCOL in websocket.scope["subprotocols"]
    await websocket.accept(subprotocol=PROTOCOL if offered else None)
    await Conversation(websocket, service, connection_limits).hold(offered)


def _refusal(websocket: WebSocket, settings: Settings) -> Response | None:
    """The refusal of a handshake; None if it is accepted."""
    headers = websocket.headers
    if may_connect(headers.get("origin"), headers.get("host"), settings.public_url, settings.origins):
        return None
    stranger = Forbidden("Pages of this origin may not connect. Add it to MARQUEE_ORIGINS.")
    refused(websocket, stranger)
    return PlainTextResponse(f"{stranger}\n", 403)


class Conversation:
    """One accepted socket. `running` holds operations by the client's ids; `tasks` also those that were cancelled but
    have not stopped yet."""

    def __init__(self, websocket: WebSocket, service: Service, connection_limits: ConnectionLimits) -> None:
        self.websocket = websocket
        self.service = service
        self.connection_limits = connection_limits
        self.running: dict[str, asyncio.Task[None]] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.room = asyncio.Semaphore(MOST_OPERATIONS)

    async def hold(self, offered: bool) -> None:
        """Serve the socket until either side closes it, then stop its operations."""
        try:
            await self._talk(offered)
        except Closed as closed:
            for task in self.tasks:
                task.cancel()
            with suppress(WebSocketDisconnect):
                await self.websocket.close(closed.code, closed.reason)
        except WebSocketDisconnect:
            pass  # the client disconnected; nothing to answer
        finally:
            await ended(*self.tasks)

    async def _talk(self, offered: bool) -> None:
        if not offered:
            raise Closed(Code.PROTOCOL, f"Ask for the subprotocol {PROTOCOL}.")
        try:
            authorization = await self._greeted()
            caller = await self._caller(authorization)
            with self.connection_limits.taken(caller.principal.who):
                greeted(self.websocket.scope)
                await self._send({"type": "connection_ack"})
                await self._serve(caller, authorization)
        except Overloaded as error:
            raise Closed(Code.TOO_MANY, str(error)) from error

    async def _greeted(self) -> str | None:
        """The authorization in `connection_init`, which must be the first message, and arrive in time and before too
        many others come without one.
        """
        must_leave = False
        try:
            async with asyncio.timeout(INIT_S) as patience:

                def leave() -> None:
                    nonlocal must_leave
                    must_leave = True
                    patience.reschedule(asyncio.get_running_loop().time())

                with self.connection_limits.stranger(address_of(self.websocket), leave):
                    return await self._authorization()
        except TimeoutError as error:
            if must_leave:
                raise Closed(Code.TRY_LATER, "Too many connections wait without a token.") from error
            raise Closed(Code.NO_INIT, f"No connection_init within {INIT_S:g} seconds.") from error

    async def _authorization(self) -> str | None:
        while True:
            match await self._heard(min(MOST_GREETING_BYTES, self.service.settings.body_bytes)):
                case Init() as init:
                    return init.authorization or self.websocket.headers.get("authorization")
                case Ping():
                    await self._send({"type": "pong"})
                case Subscribe():
                    raise Closed(Code.UNAUTHORIZED, "Send connection_init with a token first.")

    async def _caller(self, authorization: str | None) -> Caller:
        try:
            with recorded(self.websocket) as record:
                caller = await self._read(authorization)
                self.service.check_asks(caller.principal)
                # Each operation on the socket has its own audit record.
                record.hand_on()
        except Unauthenticated as error:
            sentence = "No token. Send it as Authorization in connection_init." if isinstance(error, NoToken) else error
            raise Closed(Code.UNAUTHORIZED, str(sentence)) from error
        except Forbidden as error:
            raise Closed(Code.FORBIDDEN, str(error)) from error
        return caller

    async def _read(self, authorization: str | None) -> Caller:
        given = authorization_of(self.websocket, authorization)
        return await self.service.callers.read(given, address_of(self.websocket))

    async def _serve(self, caller: Caller, authorization: str | None) -> None:
        """Listen until the token expires, even on an idle socket."""

        async def read() -> Principal:
            return (await self._read(authorization)).principal

        listening = asyncio.create_task(self._listen(caller))
        lease = asyncio.create_task(until_ended(read))
        try:
            await asyncio.wait((listening, lease), return_when=asyncio.FIRST_COMPLETED)
            if lease.done():
                raise Closed(Code.FORBIDDEN, str(lease.result()))
            listening.result()
        finally:
            await ended(listening, lease)

    async def _listen(self, caller: Caller) -> None:
        charge = partial(self.service.admission.charge_body, caller.principal)
        while True:
            match await self._heard(self.service.settings.body_bytes, charge):
                case Init():
                    raise Closed(Code.TOO_MANY, "connection_init was sent twice.")
                case Ping():
                    await self._send({"type": "pong"})
                case Pong():
                    pass
                case Subscribe(id, graphql_request):
                    await self._start(id, graphql_request, caller)
                case Complete(id) if task := self.running.pop(id, None):
                    task.cancel()

    async def _start(self, id: str, graphql_request: GraphQLRequest, caller: Caller) -> None:
        if id in self.running:
            raise Closed(Code.TAKEN_ID, f"Subscriber for {id} already exists")
        held = ExitStack()
        try:
            if len(self.tasks) >= MOST_OPERATIONS + MOST_WAITING:
                sentence = f"{MOST_WAITING} operations already wait on this socket. Complete one of them first."
                raise Overloaded(sentence)
            held.enter_context(self.connection_limits.held(caller.principal.who, graphql_request.size_bytes))
        except Overloaded as error:
            refused(self.websocket, error, caller.principal)
            await self._send({"id": id, "type": "error", "payload": [error_of(error)]})
            return
        task = self.running[id] = asyncio.create_task(self._run(id, graphql_request, caller))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        task.add_done_callback(lambda _: held.close())

    async def _run(self, id: str, graphql_request: GraphQLRequest, caller: Caller) -> None:
        """Send an operation's answers, then `complete`."""
        with suppress(WebSocketDisconnect):
            async with self.room:
                last = await self._relay(id, graphql_request, caller)
            # The id is free before the client is told.
            self.running.pop(id, None)
            await self._send(last)

    async def _relay(self, id: str, graphql_request: GraphQLRequest, caller: Caller) -> dict[str, Any]:
        """Send an operation's bodies; returns the message that ends it."""
        with self.service.observer.request(notes_of(self.websocket.scope, "socket")):
            return await self._relay_observed(id, graphql_request, caller)

    async def _relay_observed(self, id: str, graphql_request: GraphQLRequest, caller: Caller) -> dict[str, Any]:
        try:
            async with aclosing(self.service.subscribe(caller, graphql_request)) as bodies:
                async for executed in bodies:
                    if not executed.ran:
                        return {"id": id, "type": "error", "payload": executed.body["errors"]}
                    await self._send({"id": id, "type": "next", "payload": executed.body})
        except WebSocketDisconnect:
            raise
        except Exception as error:  # noqa: BLE001 - the outermost handler, as in `execute`
            return {"id": id, "type": "error", "payload": [error_of(error)]}
        return {"id": id, "type": "complete"}

    async def _heard(
        self, most_bytes: int, charge: Charge = lambda _: None
    ) -> Init | Ping | Pong | Subscribe | Complete:
        """The client's next message, of so many bytes at most, whose size `charge` is told.

        Raises: Closed for an invalid message, WebSocketDisconnect.
        """
        event = await self.websocket.receive()
        if event["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(event.get("code", 1005))
        return read_message(event.get("text"), most_bytes, charge)

    async def _send(self, message: Mapping[str, Any]) -> None:
        await self.websocket.send_text(orjson.dumps(message).decode())
