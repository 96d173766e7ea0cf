"""Refuses requests that two readers could understand differently: repeated headers and parameters, and foreign hosts.

Proxies, browsers and frameworks differ in whether the first or the last of two values counts. So one of them would
check a token, a query or a variable, and another one use it.
"""

from collections.abc import Collection, Sequence
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import parse_qsl, urlsplit

from starlette.datastructures import Headers
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from server.http.responses import refusal
from warehouse.errors import BadInput

# Headers that have one value, of those that are read here or by a proxy on the way.
_SINGLE = frozenset(
    {
        *("authorization", "host", "origin", "content-type", "content-length", "content-encoding", "transfer-encoding"),
        *("idempotency-key", "marquee-loaded-since", "upgrade", "sec-websocket-key", "sec-websocket-version"),
        *("x-forwarded-host", "x-forwarded-proto", "traceparent"),
    }
)
# Balancers ask these by any name, and their answers tell nothing.
_PROBES = frozenset({"/healthz", "/readyz"})
_LOCAL = "localhost"


class Unambiguous:
    """Wraps the application; `hosts` are the names that it is reached by, beside `localhost` and addresses. The query
    of a page in `pages` is read by the page alone, which keeps lists of filters in it.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str] = (), pages: Sequence[BaseRoute] = ()) -> None:
        self.app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or one handshake."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        refused = self._refused(scope)
        if refused is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocket(scope, receive, send).send_denial_response(refusal(refused))
        else:
            await refusal(refused)(scope, receive, send)

    def _refused(self, scope: Scope) -> BadInput | None:
        headers = Headers(scope=scope)
        names = headers.keys()
        if len(set(names)) < len(names):
            for name in _SINGLE:
                if len(headers.getlist(name)) > 1:
                    return BadInput(f"The header {name} is given twice. Send it once.")
        repeated = repeated_parameter(scope["query_string"])
        if repeated is not None and not self._is_page(scope):
            return BadInput(f"The parameter {repeated[:100]} is given twice. Send it once, and lists as JSON.")
        host = headers.get("host")
        if host is not None and scope["path"] not in _PROBES and not self._is_ours(host):
            return BadInput(
                f"This server is not known as {host[:100]}. Set MARQUEE_PUBLIC_URL to its address, or add the name to "
                "MARQUEE_HOSTS."
            )
        return None

    def _is_page(self, scope: Scope) -> bool:
        return any(page.matches(scope)[0] is Match.FULL for page in self._pages)

    def _is_ours(self, host: str) -> bool:
        name = host_of(host)
        return name is not None and (name == _LOCAL or name in self._hosts or _is_address(name))


def repeated_parameter(query: bytes) -> str | None:
    """The first parameter of a query string that comes twice, however it is spelled; None if none does."""
    seen: set[str] = set()
    for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
        if name in seen:
            return name
        seen.add(name)
    return None


@lru_cache(256)
def host_of(text: str) -> str | None:
    """The name or address in a `Host` header, in small letters and without brackets; None if it is malformed."""
    if any(char in text for char in "/?#@\\ ,") or not text:
        return None
    try:
        parts = urlsplit(f"//{text}")
        _ = parts.port
    except ValueError:
        return None
    return parts.hostname


def _is_address(name: str) -> bool:
    try:
        ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return True
