"""Responses in JSON: answers, and refusals in one shape, with the status that goes with their code."""

from collections.abc import Mapping

import orjson
from starlette.requests import Request
from starlette.responses import Response

from ingest.problems import FileRefused, TooManyRows
from server.answering.budget import TooManyRequests
from server.answering.execution import Executed, error_of
from server.http.bodies import TooSlow, UnsupportedType
from server.http.challenge import challenge
from server.http.requests import JSON, TooLarge
from server.ingesting.capacity import NoCapacity
from server.ingesting.intake import NoRequest
from server.ingesting.writer import KeyTaken
from warehouse.errors import MarqueeError

GRAPHQL = "application/graphql-response+json"
# Statuses by an error's code; some errors are told apart within theirs.
_STATUS = {
    "BAD_INPUT": 400,
    "UNAUTHENTICATED": 401,
    "FORBIDDEN": 403,
    "TOO_EXPENSIVE": 400,
    "TIMEOUT": 504,
    "OVERLOADED": 503,
    "UNAVAILABLE": 503,
    "INTERNAL": 500,
}
_OWN_STATUS = {
    NoRequest: 404,
    TooSlow: 408,
    KeyTaken: 409,
    TooLarge: 413,
    TooManyRows: 413,
    UnsupportedType: 415,
    FileRefused: 422,
    NoCapacity: 429,
    TooManyRequests: 429,
}
# Answers are what one token may see: no cache between may store them.
_NOT_STORED = {"Cache-Control": "no-store"}
# What proxies log where the client has gone; nobody reads it.
CLIENT_LEFT = 499


def refusal(error: Exception, status: int | None = None, headers: Mapping[str, str] | None = None) -> Response:
    """The response to a request that was not executed; its status is the error's own where none is given."""
    shown = {**challenge(error), **(headers or {})}
    if isinstance(error, TooManyRequests | NoCapacity):
        shown["Retry-After"] = str(error.retry_after_s)
    return _json(orjson.dumps({"errors": [error_of(error)]}), status or status_of(error), headers=shown)


def status_of(error: Exception) -> int:
    """The HTTP status of an error."""
    code = error.code if isinstance(error, MarqueeError) else "INTERNAL"
    return _OWN_STATUS.get(type(error), _STATUS[code])


def answer(executed: Executed, request: Request) -> Response:
    """A refused document is a 400 where the client speaks GraphQL's own media type, else a 200, as clients of JSON
    expect. An answer by GET has an entity tag, and is a 304 for a client that names it.
    """
    speaks_graphql = GRAPHQL in request.headers.get("accept", "")
    status = 400 if speaks_graphql and not executed.ran else 200
    headers = {}
    if request.method == "GET" and "errors" not in executed.body:
        headers["ETag"] = executed.etag
        if executed.etag in _entity_tags(request.headers.get("if-none-match", "")):
            return Response(status_code=304, headers={**_NOT_STORED, **headers})
    return _json(executed.content, status, GRAPHQL if speaks_graphql else JSON, headers)


def _entity_tags(header: str) -> set[str]:
    """The tags that an If-None-Match header lists; weak and strong ones compare alike."""
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}


def data(content: bytes, headers: Mapping[str, str] | None = None) -> Response:
    """An answer that is no GraphQL, in JSON."""
    return _json(content, 200, headers=headers)


def failure(executed: Executed) -> Response:
    """An answer whose errors stand for the whole of it, with the status of the first."""
    return _json(executed.content, _STATUS[executed.body["errors"][0]["extensions"]["code"]])


def _json(content: bytes, status: int, kind: str = JSON, headers: Mapping[str, str] | None = None) -> Response:
    shown = {**_NOT_STORED, "Content-Type": f"{kind}; charset=utf-8", **(headers or {})}
    return Response(content, status, headers=shown)
