"""The Starlette application: every route, in one place."""

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from server import site
from server.graphql import api, caller_of, graphql, refusal
from server.service import Service
from warehouse.errors import MarqueeError


async def healthz(request: Request) -> Response:  # noqa: ARG001 - the signature is Starlette's
    """Whether the process answers."""
    return JSONResponse({"status": "ok"})


async def readyz(request: Request) -> Response:
    """Whether the warehouse answers, too."""
    service: Service = request.app.state.service
    try:
        await run_in_threadpool(lambda: service.warehouse.engine.query("SELECT 1"))
    except MarqueeError as error:
        return JSONResponse({"status": "unavailable", "reason": str(error)}, 503)
    return JSONResponse({"status": "ready"})


async def sdl(request: Request) -> Response:
    """The schema, for roles that may read it."""
    service: Service = request.app.state.service
    try:
        service.check_introspects((await caller_of(request)).principal)
    except MarqueeError as error:
        return refusal(error)
    return PlainTextResponse(service.schema.as_str() + "\n")


def make_app(service: Service) -> Starlette:
    """The application over an open service; closing the service is its maker's."""
    routes: list[BaseRoute] = [
        Route("/graphql", graphql, methods=["GET", "POST"]),
        Route("/api/{operation}", api, methods=["GET"]),
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/schema.graphql", sdl),
        Route("/playground", site.playground),
        Route("/embed/{operation}", site.embed),
        Mount("/assets", StaticFiles(directory=site.DIST / "assets", check_dir=False)),
        Route("/", site.dashboard),
        Route("/users", site.dashboard),
    ]
    app = Starlette(routes=routes)
    app.state.service = service
    return app
