"""`POST /sign-in`: exchanges what a link carries for a token, once.

The link holds it after `#`, which browsers do not send, so it is in no log and in no proxy; the page sends it here in a
body. No cookie is set: a page of another site can't use the token that comes back.
"""

import orjson
from starlette.requests import Request
from starlette.responses import Response

from server.answering.audit import address_of, recorded
from server.answering.service import Service
from server.http.requests import read_json_body
from server.http.responses import data, refusal
from warehouse.errors import BadInput, MarqueeError
from warehouse.query.local_time import instant_text

_MOST_BYTES = 16_384


async def sign_in(request: Request) -> Response:
    """The token of a link that was not used before: `{"link": "..."}` to `{"token": "...", "expiresAt": "..."}`."""
    service: Service = request.app.state.service
    try:
        with recorded(request, operation=request.url.path):
            link = _link_of(await read_json_body(request, _MOST_BYTES))
            with service.callers.counting_refusals(address_of(request)):
                made = await service.token_service.sign_in(link)
    except MarqueeError as error:
        return refusal(error)
    return data(orjson.dumps({"token": made.token, "expiresAt": instant_text(made.expires_at)}))


def _link_of(body: object) -> str:
    link = body.get("link") if isinstance(body, dict) else None
    if not isinstance(link, str):
        raise BadInput('Send {"link": "..."}: what follows #link= in the address of the link.')
    return link
