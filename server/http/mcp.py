"""`POST /mcp`: the Model Context Protocol over HTTP, one request at a time, with the token of any entry point."""

import asyncio
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

import orjson
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from server.answering.audit import recorded
from server.answering.service import Service
from server.http.connection_limits import ConnectionLimits
from server.http.disconnect import ClientLeft, while_here
from server.http.requests import caller_of, read_body
from server.http.responses import refusal
from server.identity.callers import Caller
from server.strict_json import loaded
from warehouse.errors import MarqueeError

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server

_CALLER = "marquee.caller"


class ProtocolServer:
    """The protocol's server of one service, made when it is first asked: the SDK is slow to import."""

    def __init__(self, service: Service) -> None:
        self.service = service

    @cached_property
    def _server(self) -> "Server[Any]":
        from server.mcp.protocol import protocol_server

        return protocol_server(self.service, _caller)

    async def speak(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whose sender is known."""
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        most_bytes = self.service.settings.body_bytes
        manager = StreamableHTTPSessionManager(
            self._server, json_response=True, stateless=True, max_request_body_size=most_bytes
        )
        async with manager.run():
            await manager.handle_request(scope, receive, send)


class McpEndpoint:
    """Checks the token, and lets the SDK speak. No sessions: what a request says is all that is known of its sender."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        with recorded(request, operation="POST /mcp"):
            try:
                scope[_CALLER] = await caller_of(request)
            except MarqueeError as error:
                await refusal(error)(scope, receive, send)
                return
            protocol: ProtocolServer = request.app.state.protocol
            limits: ConnectionLimits = request.app.state.connection_limits
            try:
                body = await read_body(request, protocol.service.settings.body_bytes)
                principal = scope[_CALLER].principal
                protocol.service.admission.charge_body(principal, len(body))
                # What is no JSON is refused by the SDK, as the protocol has it.
                with suppress(orjson.JSONDecodeError):
                    loaded(body)
                # The SDK does not notice on all of its paths that a client has left.
                with limits.held(principal.who, len(body)):
                    await while_here(request, protocol.speak(scope, _replayed(body), send))
            except ClientLeft:
                return
            except MarqueeError as error:
                await refusal(error)(scope, receive, send)


def _replayed(body: bytes) -> Receive:
    """What tells a body that was read, and nothing after it."""
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> Message:
        for message in messages:
            return message
        await asyncio.Event().wait()
        raise AssertionError("nobody sets it")

    return receive


def _caller(context: Any) -> Caller:
    caller: Caller = context.request.scope[_CALLER]
    return caller
