"""Parses requests: the caller, the GraphQL request and the query parameters."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request

from server.answering.audit import address_of
from server.answering.published_operations import PERSISTED
from server.answering.request import GraphQLRequest
from server.http.accept import JSON
from server.http.cookies import authorization_of
from server.identity.callers import Caller, ReadsCallers
from server.identity.principal import Use
from server.strict_json import loaded
from warehouse.errors import BadInput, Forbidden

# An answer of any state since the load that was done then will do, as `freshness` told it.
LOADED_SINCE = "Marquee-Loaded-Since"
# Takes a size in bytes; raises where a subject may not send that much now.
Charge = Callable[[int], None]
# What browsers say of requests that a page sends to its own server.
_SAME = "same-origin"


class TooLarge(BadInput):
    """The body is too large."""


class UnsupportedType(BadInput):
    """The body's type, encoding or charset is not supported."""


async def caller_of(request: Request) -> Caller:
    """The caller of a request.

    Raises: Unauthenticated; Forbidden for the session of a frame in the hands of another site's page.
    """
    callers: ReadsCallers = request.app.state.callers
    caller = await callers.read(authorization_of(request, request.headers.get("authorization")), address_of(request))
    grant = caller.principal.grant
    if grant and grant.use is Use.SESSION and request.headers.get("sec-fetch-site", _SAME) != _SAME:
        raise Forbidden("The session of a frame asks from that frame only.")
    return caller


async def read_graphql_request(request: Request, most_bytes: int, charge: Charge) -> GraphQLRequest:
    """The GraphQL request in an HTTP request: `{query or documentId, variables, operationName}`. `charge` is told the
    size of a body before it is parsed.

    Raises: BadInput for anything else, and what `charge` raises.
    """
    sent: Any
    size_bytes = 0
    # HEAD is handled as a GET, so anything but POST is read-only.
    only_queries = request.method != "POST"
    if only_queries:
        sent = read_texts(request)
        for name in {"variables", "extensions"} & sent.keys():
            sent[name] = _parsed(sent[name].encode(), f"The query parameter `{name}`")
    else:
        sent, size_bytes = await read_charged_body(request, most_bytes, charge)
    asked = graphql_request_of(sent, only_queries)
    return replace(asked, loaded_since=request.headers.get(LOADED_SINCE), size_bytes=size_bytes)


async def read_charged_body(request: Request, most_bytes: int, charge: Charge) -> tuple[Any, int]:
    """The JSON body of a request and its size, which `charge` is told before the body is parsed.

    Raises: BadInput for anything else; TooLarge; what `charge` raises.
    """
    _check_type(request.headers.get("content-type", ""))
    body = await read_body(request, most_bytes)
    charge(len(body))
    return _parsed(body, "The body"), len(body)


async def read_json_body(request: Request, most_bytes: int) -> Any:
    """The JSON body of a request.

    Raises: BadInput for anything else; TooLarge.
    """
    sent, _ = await read_charged_body(request, most_bytes, lambda _: None)
    return sent


def _check_type(header: str) -> None:
    """Raises: BadInput for another type than JSON; UnsupportedType for another charset than UTF-8."""
    kind, *parameters = (part.strip().lower() for part in header.split(";"))
    if kind != JSON:
        raise BadInput(f"The body's type is {kind or 'not given'}. Send Content-Type: {JSON}.")
    for parameter in parameters:
        name, _, charset = parameter.partition("=")
        if name.strip() == "charset" and charset.strip().strip('"') not in ("utf-8", "utf8", "us-ascii"):
            raise UnsupportedType(f"The body's charset is {charset.strip()[:40]}. Send UTF-8.")


def graphql_request_of(sent: Any, only_queries: bool = False) -> GraphQLRequest:
    """The GraphQL request from parsed `{query or documentId, variables, operationName}`.

    Raises: BadInput for anything else.
    """
    if isinstance(sent, list):
        raise BadInput("The body is a list. Batches are not supported: send one request for each document.")
    if not isinstance(sent, dict):
        raise BadInput('The body is not a JSON object. Send {"query": "...", "variables": {...}}.')
    for name, kinds, words in (
        ("query", str, "a text"),
        ("documentId", str, "a text"),
        ("variables", dict, "an object"),
        ("operationName", str, "a text"),
        ("extensions", dict, "an object"),
    ):
        if sent.get(name) is not None and not isinstance(sent[name], kinds):
            raise BadInput(f"`{name}` is not {words}.")
    document, document_id = sent.get("query"), sent.get("documentId") or _persisted(sent)
    if not document and not document_id:
        raise BadInput(
            'There is no document. Send {"query": "{ viewer { role } }"}, or the documentId of a published one.'
        )
    if document and document_id:
        raise BadInput("Send either `query` or `documentId`, not both.")
    return GraphQLRequest(
        document or "",
        document_id=document_id or None,
        variables=sent.get("variables"),
        operation=sent.get("operationName") or None,
        only_queries=only_queries,
    )


def _persisted(sent: dict[str, Any]) -> str | None:
    """The id of a published document that a client asks by its hash alone, as Apollo's persisted queries do."""
    persisted = (sent.get("extensions") or {}).get("persistedQuery")
    if sent.get("query") or not isinstance(persisted, dict) or not isinstance(persisted.get("sha256Hash"), str):
        return None
    return f"{PERSISTED}{persisted['sha256Hash']}"


async def read_body(request: Request, most_bytes: int) -> bytes:
    """The body of a request.

    Raises: TooLarge; BadInput if it is incomplete.
    """
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most_bytes:
                raise TooLarge(f"The body is larger than {most_bytes} bytes. Send less, or raise MARQUEE_BODY_BYTES.")
    except ClientDisconnect as error:
        raise BadInput("The body is incomplete.") from error
    return bytes(body)


def _parsed(text: bytes, what: str) -> Any:
    try:
        return loaded(text)
    except orjson.JSONDecodeError as error:
        raise BadInput(f"{what} is not valid JSON: {error.msg} at character {error.pos}.") from error


def read_texts(request: Request) -> dict[str, str]:
    """The query parameters.

    Raises: BadInput for a repeated parameter.
    """
    texts: dict[str, str] = {}
    for name, text in request.query_params.multi_items():
        if name in texts:
            raise BadInput(f"The variable {name} is given twice. Send lists as JSON.")
        texts[name] = text
    return texts
