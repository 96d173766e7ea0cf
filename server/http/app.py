"""The Starlette application: every route, in one place."""

from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from graphql import GraphQLSchema
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.types import ASGIApp

from server.answering.audit import recorded
from server.answering.operation_catalogue import Edition
from server.answering.questions_in_parameters import QUESTIONS
from server.answering.service import Service
from server.client_files import PAGES
from server.export.file_encoder import FileEncoder
from server.http import oidc, pages
from server.http.ambiguous_requests import Unambiguous
from server.http.api import api, ask, board_question
from server.http.assets import Assets
from server.http.connection_limits import ConnectionLimits
from server.http.draining import Draining
from server.http.elements import elements
from server.http.embeds import embed
from server.http.graphql import graphql
from server.http.headers import SafeHeaders, cross_origin
from server.http.health import Readiness
from server.http.ingest import ingest, rejects
from server.http.inspections import contract, inspect
from server.http.mcp import McpEndpoint, ProtocolServer
from server.http.metrics import metrics
from server.http.prefix import Prefixed
from server.http.quarantine import quarantine, quarantined, repair
from server.http.requests import caller_of
from server.http.responses import refusal
from server.http.shared_streams import SharedStreams
from server.http.sign_in import sign_in
from server.http.websocket import graphql_socket
from server.ingesting.intake import Intake
from server.observing.gauges import State
from server.observing.middleware import ObservedRequests
from server.openapi.specification import specification
from server.settings import Settings
from warehouse.errors import BadInput, MarqueeError, is_out_of_descriptors


async def healthz(request: Request) -> Response:  # noqa: ARG001 - the signature is Starlette's
    """Liveness: the process answers."""
    return JSONResponse({"status": "ok"})


async def readyz(request: Request) -> Response:
    """Readiness: the warehouse answers too."""
    service: Service = request.app.state.service
    if service.draining.is_set():
        return JSONResponse({"status": "draining", "reason": "The server is about to stop."}, 503)
    readiness: Readiness = request.app.state.readiness
    reason = await readiness.reason()
    if reason is not None:
        return JSONResponse({"status": "unavailable", "reason": str(reason)}, 503)
    return JSONResponse({"status": "ready"})


async def sdl(request: Request) -> Response:
    """The schema, or the part of it that the caller's role may ask."""
    service: Service = request.app.state.service
    try:
        with recorded(request, operation=request.url.path):
            principal = (await caller_of(request)).principal
            service.check_asks(principal)
    except MarqueeError as error:
        return refusal(error)
    return PlainTextResponse(await run_in_threadpool(service.sdl_for, principal))


async def openapi(request: Request) -> Response:
    """The OpenAPI description of `/api`, for roles that may read the schema."""
    service: Service = request.app.state.service
    try:
        with recorded(request, operation=request.url.path):
            service.check_introspects((await caller_of(request)).principal)
    except MarqueeError as error:
        return refusal(error)
    # Without a public address it is relative: the request's own host may be forged.
    url = service.settings.public_url or f"{service.settings.path_prefix}/"
    edition = service.operations.edition
    return JSONResponse(await run_in_threadpool(_specification, service.schema.core, edition, url))


@lru_cache(maxsize=2)
def _specification(schema: GraphQLSchema, edition: Edition, url: str) -> dict[str, Any]:
    return specification(schema, edition.operations, url)


async def lost(request: Request, error: Exception) -> Response:
    """An unknown path or method: a page for browsers, otherwise a standard error response."""
    assert isinstance(error, HTTPException)
    if error.status_code == 404 and request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        return pages.not_found(request)
    if error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        return refusal(
            BadInput(f"{request.url.path} does not take {request.method}. Use {allowed}."), 405, error.headers
        )
    return refusal(BadInput(f"There is nothing at {request.url.path}."), error.status_code, error.headers)


async def not_opened(request: Request, error: Exception) -> Response:  # noqa: ARG001
    """A file that can't be opened: there may be no descriptor left for it."""
    if is_out_of_descriptors(error):
        return refusal(error)
    raise error


async def fault(request: Request, error: Exception) -> Response:  # noqa: ARG001
    """An internal error, with the id under which it is logged."""
    return refusal(error)


# The pages that the client's `view/pages.ts` lists. Ids come from the source and may contain slashes.
PAGE_PATHS = (
    "/",
    "/api",
    "/explore",
    "/films",
    "/films/{id:path}",
    "/audience",
    "/alerts",
    "/alerts/{id:path}",
    "/experiments",
    "/experiments/{id:path}",
    "/boards",
    "/boards/{id:path}",
    "/playback",
    "/charts",
    "/predictions",
    "/users",
    "/users/{id:path}",
    "/data",
    "/operations",
)

PAGE_ROUTES = tuple(Route(path, pages.dashboard) for path in PAGE_PATHS)

ROUTES: tuple[BaseRoute, ...] = (
    Route("/graphql", graphql, methods=["GET", "POST", "PUT", "DELETE"]),
    WebSocketRoute("/graphql", graphql_socket),
    *(Route(f"/api/{root}", ask, methods=["GET"]) for root in QUESTIONS),
    Route("/api/{operation}", api, methods=["GET"]),
    Route("/api/Board/question", board_question, methods=["GET"]),
    Route("/ingest/rejects/{request}", rejects, methods=["GET"]),
    Route("/ingest/quarantine", quarantine, methods=["GET"]),
    Route("/ingest/quarantine/{load:int}", quarantined, methods=["GET"]),
    Route("/ingest/quarantine/{load:int}", repair, methods=["POST"]),
    Route("/ingest/contract", contract, methods=["GET"]),
    Route("/ingest/inspect", inspect, methods=["POST"]),
    Route("/ingest/{table}", ingest, methods=["POST"]),
    Route("/sign-in", sign_in, methods=["POST"]),
    Route("/oidc/sign-in", oidc.begin, methods=["GET"]),
    Route("/oidc/callback", oidc.callback, methods=["GET"]),
    Route("/oidc/sign-out", oidc.sign_out, methods=["POST"]),
    Route("/mcp", McpEndpoint(), methods=["POST"]),
    Route("/healthz", healthz),
    Route("/readyz", readyz),
    Route("/metrics", metrics),
    Route("/schema.graphql", sdl),
    Route("/openapi.json", openapi),
    Route("/playground", pages.playground),
    Route("/embed/{operation}", embed, methods=["GET", "POST"]),
    Route("/elements.js", elements),
    Mount("/assets", Assets(directory=PAGES / "assets", check_dir=False)),
    *PAGE_ROUTES,
)


def make_app(service: Service) -> ASGIApp:
    """The application over an open service; the caller closes the service."""
    settings = service.settings
    app = Starlette(
        routes=ROUTES,
        middleware=cross_origin(settings.origins),
        exception_handlers={HTTPException: lost, OSError: not_opened, Exception: fault},
    )
    # A redirect would be built from the request's own host.
    app.router.redirect_slashes = False
    app.state.service = service
    app.state.callers = service.callers
    service.warehouse.engine.on_statement = service.observer.statement
    service.observer.saved = service.operations
    service.warehouse.audit.on_record = service.observer.record
    service.warehouse.on_load = service.observer.metrics.count_load
    service.warehouse.on_topic_lag = service.observer.metrics.show_topic_lag
    app.state.connection_limits = ConnectionLimits()
    app.state.shared_streams = SharedStreams()
    app.state.protocol = ProtocolServer(service)
    app.state.files = FileEncoder(service.admission)
    app.state.intake = Intake(service.warehouse, settings)
    app.state.readiness = Readiness(service.warehouse.probe, service.tokens.check)
    app.state.figures = State(service, app.state.intake)
    clear = Unambiguous(app, known_hosts(settings), PAGE_ROUTES)
    observed = Draining(ObservedRequests(clear, service.observer), service.draining)
    prefixed = Prefixed(observed, settings.path_prefix) if settings.path_prefix else observed
    return SafeHeaders(prefixed, https=settings.public_url.startswith("https://"))


def known_hosts(settings: Settings) -> list[str]:
    """The names that the server is reached by."""
    public = urlsplit(settings.public_url).hostname
    return [*settings.hosts, settings.host, *([public] if public else [])]
