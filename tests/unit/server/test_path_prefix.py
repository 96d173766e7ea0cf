"""A prefix comes off the path, whole segments at a time; what has none is served as it is."""

import asyncio
from typing import Any

import pytest

from server.http.prefix import Prefixed


def served(path: str, kind: str = "http", query: str = "") -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The scopes that the application gets, and what is sent without it."""
    seen: list[dict[str, Any]] = []
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG001 - the signature is ASGI's
        seen.append(scope)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": kind, "path": path, "raw_path": path.encode(), "query_string": query.encode(), "headers": []}
    asyncio.run(Prefixed(app, "/marquee")(scope, None, send))  # type: ignore[arg-type]
    return seen, sent


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("/marquee/graphql", "/graphql"),
        ("/marquee/", "/"),
        ("/graphql", "/graphql"),
        ("/marqueex/a", "/marqueex/a"),
        ("/marquee/marquee/a", "/marquee/a"),
    ],
)
def test_the_prefix_comes_off_once(kind: str, path: str, seen: str) -> None:
    (scope,), sent = served(path, kind)
    assert (scope["path"], scope["raw_path"], sent) == (seen, seen.encode(), [])


@pytest.mark.parametrize(
    ("query", "location"), [("", b"/marquee/"), ("country=DE&a=%20", b"/marquee/?country=DE&a=%20")]
)
def test_the_bare_prefix_leads_to_the_page_on_whatever_host(query: str, location: bytes) -> None:
    seen, (start, _) = served("/marquee", query=query)
    assert seen == []
    assert start["status"] == 308
    assert (b"location", location) in start["headers"]
