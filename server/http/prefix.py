"""Serving below a path, as `https://example.com/marquee/`: behind a proxy that keeps the prefix, or takes it off."""

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send


class Prefixed:
    """Takes the prefix off each path before the application sees it. Paths without it are served too: a proxy may have
    taken it off, and health checks come past the proxy."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self.app = app
        self.prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or socket."""
        if scope["type"] in ("http", "websocket"):
            if scope["path"] == self.prefix and scope["type"] == "http":
                # Relative, so that neither the scheme nor the host must be known.
                query = scope["query_string"].decode("latin-1")
                await RedirectResponse(f"{self.prefix}/{f'?{query}' if query else ''}", 308)(scope, receive, send)
                return
            scope = _without(scope, self.prefix)
        await self.app(scope, receive, send)


def _without(scope: Scope, prefix: str) -> Scope:
    if not scope["path"].startswith(f"{prefix}/"):
        return scope
    raw: bytes | None = scope.get("raw_path")
    begin = prefix.encode()
    rest = raw[len(begin) :] if raw and raw.startswith(begin) else raw
    return {**scope, "path": scope["path"][len(prefix) :], "raw_path": rest}
