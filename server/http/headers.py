"""Security headers on every response: no sniffing, framing, referrer or caching unless a response sets its own.
Pages of other sites may call the API only if a setting lists their origin.
"""

from collections.abc import Sequence

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.observing.middleware import REQUEST_ID

# API responses are data: opened as a page they load, run and frame nothing.
_CLOSED = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    # Unless a response says otherwise: pages and assets do.
    "Cache-Control": "no-store",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_HSTS = "max-age=31536000"


class SafeHeaders:
    """Adds each header that a response does not set itself; pages and embeds set their own policies."""

    def __init__(self, app: ASGIApp, https: bool = False) -> None:
        self.app = app
        headers = {
            **_ALWAYS,
            "Content-Security-Policy": _CLOSED,
            **({"Strict-Transport-Security": _HSTS} if https else {}),
        }
        self.headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(one for one in self.headers if one[0] not in own)]
            await send(message)

        await self.app(scope, receive, with_headers)


def cross_origin(origins: Sequence[str]) -> list[Middleware]:
    """CORS middleware for the given origins; empty if there are none.

    Tokens are sent in a header that the page sets, and the cookie of a session is for the server's own pages, so CORS
    credentials stay off.
    """
    if not origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=list(origins),
            # PUT and DELETE are of event streams.
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            # Clients and their tracing name headers of their own; nothing here trusts any but the token's.
            allow_headers=["*"],
            expose_headers=["ETag", REQUEST_ID, "Retry-After", "WWW-Authenticate"],
        )
    ]
