"""The HTTP handler: what the driver sends becomes a statement, and what the engine says an answer, as a server's."""

import json
import re
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler
from types import MappingProxyType
from urllib.parse import parse_qsl, urlsplit

from tests.support.clickhouse_server.accounts import ANYBODY, Accounts, account_of, check
from tests.support.clickhouse_server.encodings import pack, unpack
from tests.support.clickhouse_server.engine import Engine, run_on
from tests.support.clickhouse_server.faults import Cut, Fault, Faults
from tests.support.clickhouse_server.sessions import DEFAULT_TIMEOUT_S, Sessions

# What the driver sends to the HTTP handler rather than to the engine.
TRANSPORT = frozenset(
    {
        "database",
        "query",
        "client_protocol_version",
        "session_id",
        "session_check",
        "session_timeout",
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
# Settings of a server's own, which an embedded engine does not take.
_WALL = re.compile(r"( SETTINGS|,) SQL_marquee_\w+ = '(\\.|[^'\\])*'(, SQL_marquee_\w+ = '(\\.|[^'\\])*')*")
_FAILED = re.compile(r"Code: (\d+)")


class Handler(BaseHTTPRequestHandler):
    """One statement a request."""

    engine: Engine
    accounts: Accounts = ANYBODY
    # Settings that statements have unless they are sent with others.
    profile: Mapping[str, str] = MappingProxyType({})
    faults = Faults()
    sessions = Sessions()
    protocol_version = "HTTP/1.1"
    # Head and body are two packets: the second would wait for the driver to acknowledge the first.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """A statement in the address; without one, whether the server is there."""
        if urlsplit(self.path).path == "/ping":
            self._send(200, b"Ok.\n", {})
        else:
            self._answer(b"")

    def do_POST(self) -> None:
        """A statement in the body, or in the address with an insert's rows in the body; or a fault to await."""
        body = unpack(self._body(), self.headers.get("Content-Encoding", ""))
        if self.path == "/_fault":
            self.faults.await_(Fault(**json.loads(body)))
            self._send(200, b"", {})
        else:
            self._answer(body)

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
        sent = {n: text for n, text in asked.items() if n not in TRANSPORT and not n.startswith("param_")}
        settings = {**self.profile, **sent}
        if self.headers.get("Content-Type", "").startswith("multipart/form-data"):
            form = _form(self.headers["Content-Type"], body)
            values |= {name.removeprefix("param_"): text for name, text in form.items() if name.startswith("param_")}
            asked["query"], body = form.get("query", asked.get("query", "")), b""
        statement, rows = (asked["query"], body) if "query" in asked else (body.decode(), b"")
        try:
            check(self.accounts, self.headers, statement)
            fault = self.faults.before(statement)
            found, kind = self._run(asked, _WALL.sub("", statement), rows, values, settings)
        except Cut:
            self.close_connection = True
            return
        except Exception as error:  # noqa: BLE001 - what the engine says goes to the driver, as a server would send it
            code = _FAILED.search(str(error))
            self._send(500, str(error).encode(), {"X-ClickHouse-Exception-Code": code[1] if code else "1"})
            return
        if fault and fault.kind == "cut_after":
            self.close_connection = True
        elif fault and fault.kind == "error":
            self._fail_in_the_middle(found, kind)
        else:
            self._send_packed(asked, found, kind)

    def _run(
        self, asked: dict[str, str], statement: str, rows: bytes, values: dict[str, str], settings: dict[str, str]
    ) -> tuple[bytes, str]:
        database = asked.get("database", "default")
        if "session_id" not in asked:
            return self.engine.run(statement, rows, database, values, settings)
        key = account_of(self.headers), asked["session_id"]
        timeout_s = float(asked.get("session_timeout", DEFAULT_TIMEOUT_S))
        must_exist = asked.get("session_check") == "1"
        with self.sessions.taken(key, lambda: self.engine.connect(database), timeout_s, must_exist) as handle:
            return run_on(handle, statement, rows, values, settings)

    def _send_packed(self, asked: dict[str, str], found: bytes, kind: str) -> None:
        headers = {"X-ClickHouse-Format": kind}
        if asked.get("enable_http_compression") == "1":
            found, encoding = pack(found, self.headers.get("Accept-Encoding", ""))
            headers |= {"Content-Encoding": encoding} if encoding else {}
        self._send(200, found, headers)

    def _fail_in_the_middle(self, found: bytes, kind: str) -> None:
        """Half of an answer, and then what a server writes behind it when a statement fails that far."""
        self.send_response(200)
        self.send_header("X-ClickHouse-Format", kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in (found[: len(found) // 2], b"Code: 241. DB::Exception: Memory limit exceeded"):
            if piece:
                self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        # Without the last, empty chunk: the connection ends amid the answer.
        self.close_connection = True

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
