"""`/elements.js`: the script of the web components, which pages of any site may load. It holds no data."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from server.client_files import NOT_BUILT, PAGES
from server.http.assets import Assets

SCRIPT = "elements.js"
# Its name stays when its content changes, so browsers ask again; an answer that nothing changed has no body.
_CACHED = "public, max-age=300"
_FILES = Assets(directory=PAGES, check_dir=False, cache_control=_CACHED)
_FOR_ALL = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


async def elements(request: Request) -> Response:
    """The script, with an ETag."""
    if not (PAGES / SCRIPT).is_file():
        return PlainTextResponse(NOT_BUILT, 503)
    response = await _FILES.get_response(SCRIPT, request.scope)
    response.headers.update(_FOR_ALL)
    return response
