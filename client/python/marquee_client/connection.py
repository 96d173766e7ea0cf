"""What is sent and heard over HTTP, by either client."""

import json
from typing import Any

import httpx
from httpx_sse import EventSource, ServerSentEvent

from marquee_client.errors import UNREADABLE, MarqueeError
from marquee_client.exchange import Send
from marquee_client.questions import plain
from marquee_client.responses import data_of, read_data

TIMEOUT_S = 60.0
# The server sends a comment every 12 seconds.
SILENT_S = 30.0
_EVENTS = "text/event-stream"


def request_of(http: httpx.Client | httpx.AsyncClient, url: str, step: Send) -> httpx.Request:
    """The request of a step."""
    headers = {"Accept": "application/json, */*;q=0.1", **_bearer(step.token)}
    content = None
    if step.json is not None:
        content, headers["Content-Type"] = _json(step.json), "application/json"
    return http.build_request(
        step.method, f"{url}/{step.path}", params=step.parameters, content=content, headers=headers
    )


def stream_arguments(body: dict[str, Any], token: str | None) -> dict[str, Any]:
    """Arguments of httpx for a stream of events."""
    headers = {"Content-Type": "application/json", **_bearer(token)}
    return {"content": _json(body), "headers": headers, "timeout": httpx.Timeout(TIMEOUT_S, read=SILENT_S)}


def is_stream(source: EventSource) -> bool:
    """Whether the server answers with events, instead of one refusal."""
    kind: str = source.response.headers.get("content-type", "")
    return kind.partition(";")[0] == _EVENTS


def refusal(response: httpx.Response) -> MarqueeError:
    """What a response says that was read, where events were asked for."""
    try:
        read_data(response)
    except MarqueeError as error:
        return error
    return MarqueeError(UNREADABLE, "The server answered without a stream of events.")


def event_data(event: ServerSentEvent, response: httpx.Response) -> dict[str, Any]:
    """The data of an event.

    Raises: MarqueeError.
    """
    return data_of(event.json(), response)


def _json(body: Any) -> bytes:
    return json.dumps(body, default=plain).encode()


def _bearer(token: str | None) -> dict[str, str]:
    return {} if token is None else {"Authorization": f"Bearer {token}"}
