"""Observes every HTTP request: gives it an id, sends the id in a header, and adds it to the caller's trace."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.observing.observer import Observer
from server.observing.request_notes import Notes
from server.observing.trace_context import HEADER, read_parent

REQUEST_ID = "Marquee-Request-Id"
# Where a request was for nothing that there is.
_NOWHERE = "-"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class ObservedRequests:
    """Wraps the application. A socket's operations are observed one by one, where they run."""

    def __init__(self, app: ASGIApp, observer: Observer) -> None:
        self.app = app
        self.observer = observer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        notes = notes_of(scope)

        async def observed(message: Message) -> None:
            if message["type"] == "http.response.start":
                notes.status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = notes.id
            await send(message)

        with self.observer.request(notes):
            try:
                await self.app(scope, receive, observed)
            finally:
                # As the route says it: the path itself may hold ids of people.
                notes.path = getattr(scope.get("route"), "path", _NOWHERE)


def notes_of(scope: Scope, kind: str = "http") -> Notes:
    """New notes on a request, or on an operation of a socket."""
    trace, parent = read_parent(Headers(scope=scope).get(HEADER))
    method = scope.get("method", "")
    return Notes(trace, parent, kind=kind, method=method if method in _METHODS or not method else "OTHER")
