"""The pages: dashboard, playground and embeds from the client's build, with headers that block other sources."""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from server.answering.audit import address_of, recorded
from server.answering.service import Service
from server.client_files import NOT_BUILT, PAGES
from server.http.challenge import challenge
from server.http.responses import status_of
from server.identity.token_service import embeds
from warehouse.audit.record import AuditKind
from warehouse.errors import Forbidden, MarqueeError

_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src "
    "'self' data:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
)


# What browsers call the document of a frame; older ones, and those that reach us by plain HTTP, do not say.
_FRAMES = ("iframe", "frame")


async def dashboard(request: Request) -> Response:
    """The dashboard; its client-side router reads the path."""
    return _page(request, "index.html", "'none'")


def not_found(request: Request) -> Response:
    """The dashboard on an unknown path, where its router says so."""
    return _page(request, "index.html", "'none'", status=404)


async def playground(request: Request) -> Response:
    """GraphiQL."""
    return _page(request, "playground.html", "'none'")


async def embed(request: Request) -> Response:
    """One panel for a frame. Only the token's origin may frame it; without one, only the server's own pages. It opens
    nowhere but in a frame.

    The token is read only for its origin. The page exchanges it; what that may run is checked when the operation runs.
    """
    service: Service = request.app.state.service
    operation = request.path_params["operation"]
    try:
        with recorded(request, AuditKind.PAGE, operation):
            token = request.query_params.get("token", "")
            grant = embeds((await service.callers.read(f"Bearer {token}", address_of(request))).principal, operation)
            if request.headers.get("sec-fetch-dest", "iframe") not in _FRAMES:
                raise Forbidden(f"This panel opens only in a frame of {grant.origin or 'this server'}.")
    except MarqueeError as error:
        headers = {**_headers("'none'"), **challenge(error)}
        return PlainTextResponse(str(error), status_of(error), headers=headers)
    return _page(request, "embed.html", grant.origin or "'self'")


def _page(request: Request, name: str, ancestors: str, status: int = 200) -> Response:
    path, service = PAGES / name, request.app.state.service
    prefix: str = service.settings.path_prefix
    signs_in_at = service.settings.oidc_name if service.oidc else ""
    if not path.is_file():
        return PlainTextResponse(NOT_BUILT, 503, headers=_headers(ancestors))
    return HTMLResponse(
        _told(_below(path.read_text(encoding="utf-8"), prefix), signs_in_at),
        status,
        {**_headers(ancestors), "Cache-Control": "no-cache"},
    )


def _below(page: str, prefix: str) -> str:
    """A page of the build, whose addresses are relative, as it is served below a prefix."""
    told = page.replace('name="marquee-prefix" content=""', f'name="marquee-prefix" content="{prefix}"')
    return told.replace('"./assets/', f'"{prefix}/assets/')


def _told(page: str, signs_in_at: str) -> str:
    """A page that knows the name of the provider where people sign in, if there is one."""
    return page.replace(
        'name="marquee-provider" content=""', f'name="marquee-provider" content="{escape(signs_in_at)}"'
    )


def _headers(ancestors: str) -> dict[str, str]:
    return {"Content-Security-Policy": _POLICY.format(ancestors=ancestors)}
