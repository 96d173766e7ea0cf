"""ClickHouse's HTTP interface, as far as its driver uses it, in front of the real engine: `python -m ... PORT FOLDER`.

No ClickHouse server can be installed here, but the engine can be embedded in a process of its own. What this stands in
for is the server's HTTP handler alone; every statement is run by the real engine, through the driver's own HTTP client.
"""

import re
import sys
import tempfile
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import chdb

# What the driver sends to the HTTP handler rather than to the engine.
TRANSPORT = frozenset(
    {
        "database",
        "query",
        "client_protocol_version",
        "session_id",
        "wait_end_of_query",
        "send_progress_in_http_headers",
        "http_headers_progress_interval_ms",
        "enable_http_compression",
        "cancel_http_readonly_queries_on_client_close",
        "query_id",
        "compress",
        "decompress",
        "buffer_size",
        "role",
    }
)
_FORMAT = re.compile(r"\bFORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)
_FAILED = re.compile(r"Code: (\d+)")


@dataclass
class Handle:
    """A connection to the engine, in one database, and the settings that were set in it."""

    connection: Any
    settings: dict[str, str]


class Engine:
    """The embedded engine; statements run side by side, each on a handle of its own, with just the settings it was sent
    with. As in the warehouse's own pool, a handle serves again only after a clean end.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._change = threading.Lock()
        self._idle: dict[str, list[Handle]] = {}
        # The engine would end with its last handle.
        self._kept = self._connected("default")

    def run(
        self, statement: str, rows: bytes, database: str, values: dict[str, str], settings: dict[str, str]
    ) -> tuple[bytes, str]:
        """Run a statement, or append the rows of an insert; returns the result and its format."""
        with self._change:
            idle = self._idle.setdefault(database, [])
            handle = idle.pop() if idle else None
        handle = handle or self._connected(database)
        try:
            _set(handle, settings)
            found = _run(handle, statement, rows, values)
        except BaseException:
            handle.connection.close()
            raise
        with self._change:
            idle.append(handle)
        return found

    def _connected(self, database: str) -> Handle:
        connect: Any = chdb.connect  # it has no types
        connection = connect(str(self.folder))
        connection.query(f"USE `{database}`")
        return Handle(connection, {})


def _set(handle: Handle, settings: dict[str, str]) -> None:
    """Give a handle these settings and no other."""
    for name in handle.settings.keys() - settings.keys():
        handle.connection.query(f"SET {name} = DEFAULT")
        del handle.settings[name]
    for name, text in settings.items():
        if handle.settings.get(name) != text:
            handle.connection.query(f"SET {name} = '{text}'")
            handle.settings[name] = text


def _run(handle: Handle, statement: str, rows: bytes, values: dict[str, str]) -> tuple[bytes, str]:
    if rows:
        with tempfile.NamedTemporaryFile() as file:
            file.write(rows)
            file.flush()
            into, _, kind = statement.rpartition("FORMAT")
            handle.connection.query(f"{into} FROM INFILE '{file.name}' FORMAT {kind}")
        return b"", "TabSeparated"
    named = _FORMAT.search(statement)
    kind = named[1] if named else "TabSeparated"
    return handle.connection.query(statement, kind, params=values).bytes() or b"", kind


class Handler(BaseHTTPRequestHandler):
    """One statement a request."""

    engine: Engine
    protocol_version = "HTTP/1.1"
    # Head and body are two packets: the second would wait for the driver to acknowledge the first.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """A statement in the address."""
        self._answer(b"")

    def do_POST(self) -> None:
        """A statement in the body, or in the address with an insert's rows in the body."""
        self._answer(self._body())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", "0")))
        body = bytearray()
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return bytes(body)

    def _answer(self, body: bytes) -> None:
        asked = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        values = {name.removeprefix("param_"): text for name, text in asked.items() if name.startswith("param_")}
        settings = {n: text for n, text in asked.items() if n not in TRANSPORT and not n.startswith("param_")}
        if self.headers.get("Content-Type", "").startswith("multipart/form-data"):
            form = _form(self.headers["Content-Type"], body)
            values |= {name.removeprefix("param_"): text for name, text in form.items() if name.startswith("param_")}
            asked["query"], body = form.get("query", asked.get("query", "")), b""
        statement, rows = (asked["query"], body) if "query" in asked else (body.decode(), b"")
        try:
            found, kind = self.engine.run(statement, rows, asked.get("database", "default"), values, settings)
        except Exception as error:  # noqa: BLE001 - what the engine says goes to the driver, as a server would send it
            code = _FAILED.search(str(error))
            self._send(500, str(error).encode(), {"X-ClickHouse-Exception-Code": code[1] if code else "1"})
            return
        self._send(200, found, {"X-ClickHouse-Format": kind})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, text in {**headers, "Content-Length": str(len(body)), "Content-Type": "text/plain"}.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body)


def _form(kind: str, body: bytes) -> dict[str, str]:
    """The texts of a multipart form."""
    boundary = kind.partition("boundary=")[2].strip('"').encode()
    fields = {}
    for part in body.split(b"--" + boundary):
        head, found, text = part.partition(b"\r\n\r\n")
        name = re.search(rb'name="([^"]+)"', head)
        if found and name:
            fields[name[1].decode()] = text.removesuffix(b"\r\n").decode()
    return fields


def main() -> None:
    """Serve until ended."""
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    Handler.engine = Engine(folder)
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
