"""JSON responses: answers, and errors in one shape with the HTTP status of their code."""

from collections.abc import Mapping

import orjson
from starlette.requests import Request
from starlette.responses import Response

from ingest.problems import ColumnNotAllowed, FileRefused, TooManyRows
from server.answering.budget import TooManyRefusals, TooManyRequests
from server.answering.errors import cause_of, error_of
from server.answering.execution import Executed
from server.http.accept import GRAPHQL, JSON, json_kind
from server.http.bodies import TooSlow
from server.http.challenge import challenge
from server.http.requests import TooLarge, UnsupportedType
from server.http.shared_streams import NoStream, StreamTaken
from server.ingesting.capacity import NoCapacity
from server.ingesting.daily_rows import DayUsedUp
from server.ingesting.idempotency import KeyTaken
from server.ingesting.intake import NoRequest
from warehouse.errors import BadInput, MarqueeError


class NotByGet(BadInput):
    """A GET changes nothing and stays no longer than its answer."""


# HTTP status by error code; some errors have their own.
_STATUS = {
    "BAD_INPUT": 400,
    "GRAPHQL_PARSE_FAILED": 400,
    "GRAPHQL_VALIDATION_FAILED": 400,
    "PERSISTED_QUERY_NOT_SUPPORTED": 400,
    "UNAUTHENTICATED": 401,
    "FORBIDDEN": 403,
    "TOO_EXPENSIVE": 400,
    "TIMEOUT": 504,
    "OVERLOADED": 503,
    "UNAVAILABLE": 503,
    "INTERNAL": 500,
}
_OWN_STATUS = {
    NotByGet: 405,
    NoRequest: 404,
    NoStream: 404,
    TooSlow: 408,
    KeyTaken: 409,
    StreamTaken: 409,
    TooLarge: 413,
    TooManyRows: 413,
    UnsupportedType: 415,
    FileRefused: 422,
    ColumnNotAllowed: 403,
    NoCapacity: 429,
    DayUsedUp: 429,
    TooManyRefusals: 429,
    TooManyRequests: 429,
}
# Answers show what one token may see, so no cache may store them.
_NOT_STORED = {"Cache-Control": "no-store", "Vary": "Accept, Authorization"}
# The status that proxies log for a client that disconnected; it is never received.
CLIENT_LEFT = 499


def refusal(
    error: BaseException, status: int | None = None, headers: Mapping[str, str] | None = None, kind: str = JSON
) -> Response:
    """The response to a request that was not executed; by default with the error's own status, as JSON."""
    error = cause_of(error)
    shown = {**challenge(error), **(headers or {})}
    if isinstance(error, NotByGet):
        shown["Allow"] = "POST"
    if isinstance(error, MarqueeError) and error.retry_after_s is not None:
        shown["Retry-After"] = str(error.retry_after_s)
    return _json(orjson.dumps({"errors": [error_of(error)]}), status or status_of(error), kind, shown)


def status_of(error: BaseException) -> int:
    """The HTTP status of an error."""
    code = error.code if isinstance(error, MarqueeError) else "INTERNAL"
    return _OWN_STATUS.get(type(error), _STATUS[code])


def answer(executed: Executed, request: Request) -> Response:
    """An executed or refused document. A refused one is 400 if the client accepts GraphQL's media type, else 200, as
    JSON clients expect. An answer by GET has an entity tag, and is 304 for a client that names it.
    """
    kind = json_kind(request.headers.get("accept"))
    status = 400 if kind == GRAPHQL and not executed.ran else 200
    headers = {} if executed.retry_after_s is None else {"Retry-After": str(executed.retry_after_s)}
    if request.method == "GET" and "errors" not in executed.body:
        headers["ETag"] = executed.etag
        if executed.etag in _entity_tags(request.headers.get("if-none-match", "")):
            return Response(status_code=304, headers={**_NOT_STORED, **headers})
    return _json(executed.content, status, kind, headers)


def _entity_tags(header: str) -> set[str]:
    """The tags that an If-None-Match header lists; weak and strong ones compare alike."""
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}


def data(content: bytes, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON response outside GraphQL."""
    return _json(content, 200, headers=headers)


def failure(executed: Executed) -> Response:
    """A response for an answer that failed as a whole, with the status of its first error."""
    headers = {} if executed.retry_after_s is None else {"Retry-After": str(executed.retry_after_s)}
    return _json(executed.content, _STATUS[executed.body["errors"][0]["extensions"]["code"]], headers=headers)


def _json(content: bytes, status: int, kind: str = JSON, headers: Mapping[str, str] | None = None) -> Response:
    shown = {**_NOT_STORED, "Content-Type": f"{kind}; charset=utf-8", **(headers or {})}
    return Response(content, status, headers=shown)
