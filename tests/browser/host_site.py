"""A site of its own origin that embeds panels: its pages, and the tokens that it hands out."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class HostSite:
    """A site; `pages` are HTML by path, `token` is what `/marquee-token` answers."""

    address: str
    pages: dict[str, str] = field(default_factory=dict)
    token: str = ""


@contextmanager
def host_site() -> Iterator[HostSite]:
    """A site that is served until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """One page, or the token."""
            is_token = self.path == "/marquee-token"
            body = (site.token if is_token else site.pages.get(self.path, "")).encode()
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/plain" if is_token else "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Nothing: tests print what they miss."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site = HostSite(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
