"""Real small servers that alerts are sent to: one for HTTP, and one for mail."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.smtp import SMTP
from anyio.from_thread import start_blocking_portal


@dataclass
class Heard:
    """What an HTTP server was sent, as headers and body; it answers with `status`, and with `location` a redirect, and
    not before `may_answer` is set.
    """

    address: str = ""
    status: int = 200
    location: str = ""
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    is_asked: threading.Event = field(default_factory=threading.Event)
    may_answer: threading.Event = field(default_factory=threading.Event)


@contextmanager
def http_target() -> Iterator[Heard]:
    """An HTTP server until the block ends."""
    heard = Heard()
    heard.may_answer.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.requests.append(({name.lower(): value for name, value in self.headers.items()}, body))
            heard.is_asked.set()
            heard.may_answer.wait(30)
            self.send_response(heard.status)
            if heard.location:
                self.send_header("Location", heard.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        heard.address = f"http://127.0.0.1:{server.server_port}/hook"
        try:
            yield heard
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def mail_target() -> Iterator[tuple[str, list[Message]]]:
    """The URL of a mail server until the block ends, and the mails that it took."""
    taken: list[Message] = []

    class Handler:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002, N802 - its names
            taken.append(BytesParser(policy=default).parsebytes(envelope.content))
            return "250 taken"

    async def listen() -> asyncio.Server:
        loop = asyncio.get_running_loop()
        return await loop.create_server(lambda: SMTP(Handler(), loop=loop), "127.0.0.1", 0)

    with start_blocking_portal() as portal:
        server = portal.call(listen)
        yield f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}", taken
        portal.call(server.close)
