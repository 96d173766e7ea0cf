"""Serving: one process with the open warehouse, the HTTP server and the command relay."""

import asyncio
import errno
import signal
import socket
from collections.abc import Callable, Coroutine
from datetime import timedelta
from types import FrameType
from typing import cast

import uvicorn
from anyio import to_thread
from starlette.types import ASGIApp

from schema.roles import Role
from server.alerting.watch import AlertWatch
from server.answering.service import Service
from server.commands.local_session import LocalSession
from server.commands.relay import Run, relay_on
from server.http.app import make_app
from server.http.cancelled_tasks import ended
from server.http.connections import Connections, most_connections
from server.http.loop_lag import LoopLag
from server.http.memory_release import MemoryRelease, share_heaps
from server.http.uvicorn_internals import protocols_of
from server.identity.oidc_settings import provider_of
from server.identity.principal import Principal
from server.observing.request_log import STDERR, RequestLog
from server.reporting.report_watch import ReportWatch
from server.shutdown import end_within
from warehouse.errors import BadInput

LINK_TTL = timedelta(days=7)
# How long a link that a browser is opened with waits for it.
OPENED_WITHIN = timedelta(minutes=5)
# How long requests may finish after shutdown starts.
LAST_ANSWERS_S = 60
# How long closing may take after that; a ClickHouse server that does not answer would hold it up.
CLOSING_S = 30


class Server(uvicorn.Server):
    """A server that on shutdown first stops the pipeline run, so that its followers hear of it, then endless
    streams.

    On SIGTERM it says for `drain_s` that it is not ready while it goes on answering, so that a load balancer can turn
    elsewhere; then it finishes its work and ends well (`was_terminated`). A second SIGTERM cuts that short.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        service: Service,
        ready: Callable[[], None] = lambda: None,
        drain_s: float = 0.0,
        address: str = "",
        beside: Callable[[], Coroutine[None, None, None]] | None = None,
    ) -> None:
        """`ready` is called once the server answers; `address` is that of the pages. `beside` goes on from then until
        shutdown.
        """
        super().__init__(config)
        self.was_terminated = False
        self._service = service
        self._ready = ready
        self._drain_s = drain_s
        self._beside = beside
        self._alerts, self._reports = AlertWatch(service, address), ReportWatch(service, address)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._watching: list[asyncio.Task[None]] = []

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Called when the event loop runs."""
        self._loop = asyncio.get_running_loop()
        observer = self._service.observer
        # SIGHUP does not stop the server: log rotation sends it.
        self._loop.add_signal_handler(signal.SIGHUP, observer.log.reopen)
        memory = MemoryRelease(self._service.warehouse.engine)
        self._watching = [
            asyncio.create_task(watch)
            for watch in (
                LoopLag(observer.metrics.loop_lag.observe).watch(),
                memory.watch(),
                self._alerts.watch(),
                self._reports.watch(),
            )
        ]
        await super().startup(sockets)
        await to_thread.run_sync(self._ready)
        if self._beside:
            self._watching.append(asyncio.create_task(self._beside()))

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Called by Uvicorn's signal handler."""
        if sig != signal.SIGTERM:
            super().handle_exit(sig, frame)
            return
        # Uvicorn's own would raise the signal again at the end, as if it had killed the process.
        self.was_terminated = True
        draining = self._service.draining
        if self._loop is None or self._drain_s == 0 or draining.is_set():
            self._stop()
        else:
            self._loop.call_soon_threadsafe(self._loop.call_later, self._drain_s, self._stop)
        draining.set()

    def _stop(self) -> None:
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Called when shutdown starts."""
        end_within(LAST_ANSWERS_S + CLOSING_S)
        await to_thread.run_sync(self._service.runs.close)
        self._service.ending.set()
        await super().shutdown(sockets)
        await ended(*self._watching)


def listen(host: str, port: int) -> socket.socket:
    """A bound socket.

    Raises: BadInput if the port is in use or the host is not an address of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind(address)
        except OSError:
            bound.close()
            raise
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise BadInput(f"Port {port} of {host} is in use by another program. Stop it, or use --port.") from error
        raise BadInput(f"Can't listen on {host}:{port}: {error.strerror}. Check --host and --port.") from error
    return bound


def config_of(service: Service, connections: Connections | None = None) -> uvicorn.Config:
    """How Uvicorn serves a service; `connections` are those that are counted together, by default as the settings
    say."""
    settings = service.settings
    if connections is None:
        most = most_connections(settings.connections)
        connections = Connections(most, settings.connections_per_address, settings.proxies)
    http, websocket = protocols_of(connections)
    return uvicorn.Config(
        make_app(service),
        http=http,
        ws=websocket,
        # Uvicorn's loggers propagate to ours, which redacts.
        log_config=None,
        log_level=settings.log_level,
        access_log=False,
        lifespan="off",
        server_header=False,
        # Only trusted proxies may set `X-Forwarded-For`.
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=list(settings.proxies),
        # Twice the limit, so that a message that is too large gets our error. Beyond it, the transport closes with
        # 1009.
        ws_max_size=2 * settings.body_bytes,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=LAST_ANSWERS_S,
    )


def serve(
    session: LocalSession,
    bound: socket.socket,
    run: Run,
    links: bool,
    opens: Callable[[str], None] | None = None,
    is_lively: bool = False,
) -> None:
    """Serve until interrupted. `run` runs relayed commands; with `links`, print a link with a token for each role.
    `opens` takes the address of a page once the server answers; with `links`, one that signs in as an admin once. In a
    demo that `is_lively`, things go on meanwhile.
    """
    share_heaps()
    service = session.service(provider_of(session.settings, session.home))
    relay = relay_on(service.warehouse, run, session.secret_file)
    host, port = bound.getsockname()[:2]
    address = session.settings.page_address(host, port)
    _observe(service, session)
    session.out(f"Marquee is at {address}")
    if links:
        for role in (Role.VIEWER, Role.ANALYST, Role.ADMIN):
            token = service.tokens.issue(Principal(f"demo-{role.value}", role), LINK_TTL).token
            session.out(f"  as {role.value:<8} {address}/#token={token}")
    ready = (lambda: opens(page_to_open(service, address) if links else address)) if opens else (lambda: None)
    config = config_of(service)
    beside = _activity(service, config, session.out) if is_lively else None
    server = Server(config, service, ready, session.settings.drain_seconds, address, beside)
    try:
        server.run(sockets=[bound])
    finally:
        service.runs.close()
        if relay:
            relay.close()
        service.observer.spans.close()
        service.observer.log.close()
    if server.was_terminated:
        return
    # Otherwise it returns only after an interrupt, and re-raises that only if its loop still had something to wait for.
    raise KeyboardInterrupt


def page_to_open(service: Service, address: str) -> str:
    """The page, with a link that signs in as an admin once."""
    admin = Principal(f"demo-{Role.ADMIN.value}", Role.ADMIN)
    return f"{address}/#link={service.tokens.issue_link(admin, LINK_TTL, OPENED_WITHIN).token}"


def _activity(
    service: Service, config: uvicorn.Config, say: Callable[[str], None]
) -> Callable[[], Coroutine[None, None, None]]:
    # The generator is slow to import, and most servers generate nothing.
    from server.demo_activity import DemoActivity

    return DemoActivity(service, cast(ASGIApp, config.app), say).go_on


def _observe(service: Service, session: LocalSession) -> None:
    """Let the service's observer write a log, and send spans if a collector is set."""
    settings = service.settings
    where = settings.request_log
    service.observer.log = RequestLog(
        where if where in ("", STDERR) else str(session.home / where), settings.request_log_bytes
    )
    if settings.otlp_url:
        # It is slow to import, and few set a collector.
        from server.observing.otlp import OtlpSpans

        service.observer.spans = OtlpSpans(settings.otlp_url)
