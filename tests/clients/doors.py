"""Every door to one question: each gives the rows, or the code of the refusal."""

import asyncio
import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import httpx2
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from websockets.exceptions import ConnectionClosed

from server.answering.published_operations import published
from tests.integration.resolvers.conftest import bearer
from tests.integration.server.sockets import Host

Answer = list[dict[str, Any]] | str
_CODES = {4401: "UNAUTHENTICATED", 4403: "FORBIDDEN"}
# The protocol tells an assistant a sentence, not a code.
REFUSED = "REFUSED"


@dataclass(frozen=True)
class Asked:
    """One question of `viewing`; names are those of the API."""

    measures: Sequence[str]
    by: Sequence[str]
    last: str
    zone: str
    where: dict[str, Any]
    limit: int

    @property
    def document(self) -> str:
        """As GraphQL, written out."""
        enums = ", ".join("".join(f"_{one}" if one.isupper() else one for one in name).upper() for name in self.by)
        shown = " ".join(["time" if name == "day" else name for name in self.by] + list(self.measures))
        return (
            "query Ask($where: ViewingFilter) { viewing("
            f'range: {{last: "{self.last}"}}, timeZone: "{self.zone}", where: $where) '
            f"{{ rows(by: [{enums}], limit: {self.limit}) {{ {shown} }} }} }}"
        )

    @property
    def variables(self) -> dict[str, Any]:
        """The arguments of `viewing`, or of a published operation, as a body has them."""
        return {"range": {"last": self.last}, "timeZone": self.zone, "where": self.where}

    @property
    def texts(self) -> dict[str, str]:
        """These as query parameters and options."""
        return {name: one if isinstance(one, str) else json.dumps(one) for name, one in self.variables.items()}

    @property
    def body(self) -> dict[str, Any]:
        """As a body of a POST."""
        return {"query": self.document, "variables": {"where": self.where}}

    @property
    def question(self) -> dict[str, Any]:
        """As an object, for assistants and the clients."""
        named = {"last": self.last, "timeZone": self.zone, "where": self.where, "limit": self.limit}
        return {"measures": list(self.measures), "by": list(self.by), **named}

    @property
    def parameters(self) -> dict[str, str]:
        """As query parameters."""
        lists = {"measures": ",".join(self.measures), "by": ",".join(self.by), "where": json.dumps(self.where)}
        return {**lists, "last": self.last, "timeZone": self.zone, "limit": str(self.limit)}


def canonical(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows without ids, however a door writes them: buckets are instants, days texts, and inner objects columns."""
    flat = [dict(_columns(row)) for row in rows]
    return [{name: _READ.get(name, _same)(value) for name, value in row.items()} for row in flat]


def _columns(row: dict[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if isinstance(value, dict):
            yield from _columns(value, f"{path}{name}.")
        elif name != "id" and not name.endswith(".id"):
            yield f"{path}{name}", value


def _same(value: Any) -> Any:
    return value


def _day(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:%Y-%m-%d}"


def _instant(value: Any) -> Any:
    if value is None:
        return None
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    return instant.replace(tzinfo=instant.tzinfo or UTC).astimezone(UTC)


_READ: Mapping[str, Callable[[Any], Any]] = {"time": _instant, "day": _day}


@dataclass(frozen=True)
class Doors:
    """The doors of one server; `package` is the Python client's."""

    host: Host
    package: Any

    @property
    def url(self) -> str:
        """The server's address."""
        return f"http://127.0.0.1:{self.host.port}"

    @property
    def all(self) -> dict[str, Callable[[Asked, str], Answer]]:
        """Each door by its name."""
        files = {f"/api/viewing as {kind}": self._file(kind) for kind in _READERS}
        return {
            "POST": self.post,
            "GET": self.get,
            "WebSocket": self.socket,
            "events": self.events,
            "/api/viewing": self.parameters,
            **files,
            "MCP": self.assistant,
            "Python": self.python,
            "Python, awaited": self.awaited,
            "Python's Arrow": self.table,
        }

    def post(self, asked: Asked, token: str) -> Answer:
        """POST /graphql."""
        return _read(self._send("POST", "/graphql", token, json=asked.body))

    def get(self, asked: Asked, token: str) -> Answer:
        """GET /graphql."""
        texts = {"query": asked.document, "variables": json.dumps({"where": asked.where})}
        return _read(self._send("GET", "/graphql", token, params=texts))

    def socket(self, asked: Asked, token: str) -> Answer:
        """A WebSocket."""
        try:
            with self.host.talk() as talk:
                talk.say("connection_init", payload=bearer(token))
                talk.hear()
                talk.subscribe("1", asked.document, variables={"where": asked.where})
                heard = talk.hear()
        except ConnectionClosed as closed:
            return _CODES[closed.rcvd.code] if closed.rcvd else str(closed)
        body = heard["payload"] if heard["type"] == "next" else {"errors": heard["payload"]}
        return _answer(body)

    def events(self, asked: Asked, token: str) -> Answer:
        """Server-sent events."""
        response = self._send("POST", "/graphql", token, json=asked.body, accept="text/event-stream")
        if not response.headers["content-type"].startswith("text/event-stream"):
            return _read(response)
        data = next(line.removeprefix("data: ") for line in response.text.splitlines() if line.startswith("data: {"))
        return _answer(json.loads(data))

    def parameters(self, asked: Asked, token: str) -> Answer:
        """GET /api/viewing as JSON."""
        return _read(self._send("GET", "/api/viewing", token, params=asked.parameters))

    def assistant(self, asked: Asked, token: str) -> Answer:
        """A tool of /mcp, by the SDK's own client."""

        found = self._tool(token, "ask", asked.question)
        return found if isinstance(found, str) else list(found["rows"])

    def _tool(self, token: str, tool: str, arguments: dict[str, Any]) -> Any:
        """What a tool of /mcp gives, or that it was refused."""

        async def speak() -> Any:
            async with (
                httpx2.AsyncClient(headers=bearer(token), trust_env=False, timeout=60) as http,
                Client(streamable_http_client(f"{self.url}/mcp", http_client=http)) as client,
            ):
                return await client.call_tool(tool, arguments)

        found = None
        with suppress(Exception):
            found = asyncio.run(speak())
        return REFUSED if found is None or found.is_error else found.structured_content

    def python(self, asked: Asked, token: str) -> Answer:
        """The Python client."""
        with self.package.Client(self.url, token) as client:
            return self._told(client.viewing(**_arguments(asked)).rows)

    def table(self, asked: Asked, token: str) -> Answer:
        """The Python client's table."""
        with self.package.Client(self.url, token) as client:
            return self._told(lambda: client.viewing(**_arguments(asked)).to_arrow().to_pylist())

    def awaited(self, asked: Asked, token: str) -> Answer:
        """The awaited Python client."""

        async def ask() -> Any:
            async with self.package.AsyncClient(self.url, token) as client:
                return await client.viewing(**_arguments(asked)).rows()

        return self._told(lambda: asyncio.run(ask()))

    def of_operation(self, operation: str, root: str) -> dict[str, Callable[[Asked, str], Answer]]:
        """Each door to a published operation, whose answer is the list of one root field."""
        path, by_id = f"/api/{operation}", {"documentId": published()[operation].document_id}
        snake = re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()

        def read(response: httpx.Response) -> Answer:
            return _answer(response.json(), root)

        def file(kind: str) -> Callable[[Asked, str], Answer]:
            def ask(asked: Asked, token: str) -> Answer:
                response = self._send("GET", path, token, params={**asked.texts, "format": kind})
                return _READERS[kind](response.content) if response.status_code == 200 else read(response)

            return ask

        def table(asked: Asked, token: str) -> Answer:
            given = {"time_zone" if name == "timeZone" else name: one for name, one in asked.variables.items()}
            with self.package.Client(self.url, token) as client:
                return self._told(lambda: getattr(client.tables, snake)(**given).to_arrow().to_pylist())

        def assistant(asked: Asked, token: str) -> Answer:
            found = self._tool(token, "run_operation", {"name": operation, "variables": asked.variables})
            return found if isinstance(found, str) else list(found["data"][root])

        def posted(asked: Asked, token: str) -> Answer:
            return read(self._send("POST", "/graphql", token, json={**by_id, "variables": asked.variables}))

        def got(asked: Asked, token: str) -> Answer:
            given = {**by_id, "variables": json.dumps(asked.variables)}
            return read(self._send("GET", "/graphql", token, params=given))

        return {
            "POST": posted,
            "GET": got,
            "/api": lambda asked, token: read(self._send("GET", path, token, params=asked.texts)),
            **{f"/api as {kind}": file(kind) for kind in _READERS},
            "MCP": assistant,
            "Python's table": table,
        }

    def _told(self, ask: Callable[[], Any]) -> Answer:
        try:
            return list(ask())
        except self.package.MarqueeError as error:
            return str(error.code)

    def _file(self, kind: str) -> Callable[[Asked, str], Answer]:
        def ask(asked: Asked, token: str) -> Answer:
            response = self._send("GET", "/api/viewing", token, params={**asked.parameters, "format": kind})
            return _READERS[kind](response.content) if response.status_code == 200 else _read(response)

        return ask

    def _send(
        self, method: str, path: str, token: str, accept: str = "application/json", **more: Any
    ) -> httpx.Response:
        headers = {**bearer(token), "Accept": accept}
        return httpx.request(method, f"{self.url}{path}", headers=headers, timeout=60, trust_env=False, **more)


def _arguments(asked: Asked) -> dict[str, Any]:
    return {"time_zone" if name == "timeZone" else name: value for name, value in asked.question.items()}


def _read(response: httpx.Response) -> Answer:
    return _answer(response.json())


def _answer(body: dict[str, Any], root: str = "viewing") -> Answer:
    if body.get("errors"):
        return str(body["errors"][0]["extensions"]["code"])
    found = body["data"][root]
    return list(found["rows"] if root == "viewing" else found)


def _csv(content: bytes) -> list[dict[str, Any]]:
    rows = csv.DictReader(io.StringIO(content.decode()))
    return [{name: _parsed(name, text) for name, text in row.items()} for row in rows]


def _parsed(name: str, text: str) -> Any:
    if text == "" or name in _TEXTS or name.endswith("id"):
        return text or None
    return json.loads(text)


_TEXTS = frozenset(
    {
        *("time", "day", "country", "device", "quality", "genre", "gender", "ageBand", "subscription"),
        *("movie.sourceId", "movie.title", "movie.genre"),
    }
)


def _xlsx(content: bytes) -> list[dict[str, Any]]:
    header, *rows = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def _arrow(content: bytes) -> list[dict[str, Any]]:
    with pa.ipc.open_stream(content) as stream:
        return list(stream.read_all().to_pylist())


_READERS: dict[str, Callable[[bytes], list[dict[str, Any]]]] = {
    "csv": _csv,
    "ndjson": lambda content: [json.loads(line) for line in content.splitlines()],
    "parquet": lambda content: list(pq.read_table(io.BytesIO(content)).to_pylist()),
    "arrow": _arrow,
    "xlsx": _xlsx,
}
