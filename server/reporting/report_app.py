"""The application that a report's page asks, for one caller, in this process: the client's files, `/graphql`, and the
questions of boards.
"""

import secrets
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from server.answering.service import Service
from server.client_files import PAGES
from server.http import pages
from server.http.api import board_question
from server.http.assets import Assets
from server.http.connection_limits import ConnectionLimits
from server.http.graphql import graphql
from server.http.prefix import Prefixed
from server.identity.callers import Caller
from warehouse.errors import Unauthenticated


@dataclass(frozen=True)
class OneReader:
    """The only caller of an application. The token is made for one page and counts nowhere else."""

    caller: Caller
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    async def read(self, authorization: str | None, address: str) -> Caller:  # noqa: ARG002 - it is this process
        """The caller, for the token.

        Raises: Unauthenticated.
        """
        if not secrets.compare_digest(authorization or "", f"Bearer {self.token}"):
            raise Unauthenticated("This page is for its own report only.")
        return self.caller


def report_app(service: Service, reader: OneReader) -> ASGIApp:
    """The application. It answers as the service does: with the same masks, scopes, limits and audit log."""
    app = Starlette(
        routes=(
            Route("/graphql", graphql, methods=["POST"]),
            Route("/api/Board/question", board_question, methods=["GET"]),
            Route("/boards/{id}", pages.dashboard),
            Mount("/assets", Assets(directory=PAGES / "assets", check_dir=False)),
        )
    )
    app.state.service, app.state.callers = service, reader
    app.state.connection_limits = ConnectionLimits()
    prefix = service.settings.path_prefix
    return Prefixed(app, prefix) if prefix else app
