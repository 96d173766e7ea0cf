"""`POST /mcp`: the Model Context Protocol over HTTP, one request at a time, with the token of any entry point."""

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from server.answering.audit import recorded
from server.answering.service import Service
from server.http.requests import caller_of
from server.http.responses import refusal
from server.identity.callers import Caller
from warehouse.errors import MarqueeError

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server

_CALLER = "marquee.caller"


class McpEndpoint:
    """Checks the token, and lets the SDK speak. No sessions: what a request says is all that is known of its sender."""

    def __init__(self) -> None:
        self._server: Server[Any] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        service: Service = request.app.state.service
        with recorded(request, operation="POST /mcp"):
            try:
                scope[_CALLER] = await caller_of(request)
            except MarqueeError as error:
                await refusal(error)(scope, receive, send)
                return
            await self._speak(service, scope, receive, send)

    async def _speak(self, service: Service, scope: Scope, receive: Receive, send: Send) -> None:
        # Imported when first asked: the SDK is slow to import.
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        from server.mcp.protocol import protocol_server

        self._server = self._server or protocol_server(service, _caller)
        manager = StreamableHTTPSessionManager(
            self._server, json_response=True, stateless=True, max_request_body_size=service.settings.body_bytes
        )
        async with manager.run():
            await manager.handle_request(scope, receive, send)


def _caller(context: Any) -> Caller:
    caller: Caller = context.request.scope[_CALLER]
    return caller
