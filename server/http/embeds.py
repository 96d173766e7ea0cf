"""`/embed/{operation}`: the page of a frame, and by POST the session that this page gets for the token in its address.

The token stands in the frame's address, where people and proxies see it; the session is nowhere but in the open page.
"""

import orjson
from starlette.requests import Request
from starlette.responses import Response

from server.answering.audit import address_of, recorded
from server.answering.service import Service
from server.http import pages
from server.http.requests import read_json_body
from server.http.responses import data, refusal
from warehouse.audit.record import AuditKind
from warehouse.errors import BadInput, MarqueeError
from warehouse.query.local_time import instant_text

_MOST_BYTES = 16_384


async def embed(request: Request) -> Response:
    """The page, or its session."""
    return await (_session(request) if request.method == "POST" else pages.embed(request))


async def _session(request: Request) -> Response:
    """The session of a frame: `{"token": "..."}` to `{"session": "...", "expiresAt": "..."}`."""
    service: Service = request.app.state.service
    operation = request.path_params["operation"]
    try:
        with recorded(request, AuditKind.PAGE, operation):
            token = _token_of(await read_json_body(request, _MOST_BYTES))
            with service.callers.counting_refusals(address_of(request)):
                principal = await service.callers.principal(token)
                made = await service.token_service.open_embed(principal, operation)
    except MarqueeError as error:
        return refusal(error)
    return data(orjson.dumps({"session": made.token, "expiresAt": instant_text(made.expires_at)}))


def _token_of(body: object) -> str:
    token = body.get("token") if isinstance(body, dict) else None
    if not isinstance(token, str):
        raise BadInput('Send {"token": "..."}: the embed token that is in the address of the frame.')
    return token
