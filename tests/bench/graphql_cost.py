"""Step `graphql_cost`: what HTTP, GraphQL and JSON cost of an answer, without waiting for the engine.

That is the processor time of the event loop's thread: statements are compiled, run and read in other threads. Each
answer's data is then served by a bare Starlette route and by stock Strawberry, in the same loop.
"""

import asyncio
import statistics
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import orjson
from starlette.types import ASGIApp, Message

from schema.roles import Role
from server.commands.local_session import LocalSession
from server.http.app import make_app
from server.identity.principal import Principal
from server.settings import Settings
from tests.bench.baselines.plain import bare, stock
from tests.bench.cold import PANELS
from tests.bench.figures import report, warehouse_argument

ROUNDS, AT_ONCE = 7, 10
ROWS = """
{ viewing(range: {last: "P80D"}) {
  rows(by: [DAY, GENRE], limit: 1000) {
    time genre views viewers watchHours completionRate completedViews bufferingPerView }
} }
"""
DOCUMENTS: Mapping[str, dict[str, Any]] = {
    "dashboard": {"query": PANELS, "variables": {"range": {"last": "P30D"}, "timeZone": "UTC"}},
    "1,000 rows x 8 fields": {"query": ROWS},
}


def main() -> None:
    """Measure."""
    warehouse = warehouse_argument()
    folder = warehouse.parent
    settings = Settings(
        warehouse=f"chdb://{warehouse}",
        secret_file=folder / "secret",
        hash_key_file=folder / "hash_key",
        cache_bytes=0,
    )
    session = LocalSession(settings)
    try:
        app = make_app(session.service())
        token = session.tokens().issue(Principal("bench", Role.ADMIN), timedelta(hours=1)).token
        report(**asyncio.run(_measured(app, token)))
    finally:
        session.close()


async def _measured(app: ASGIApp, token: str) -> dict[str, dict[str, float]]:
    figures = {}
    for name, document in DOCUMENTS.items():
        body = await _asked(app, document, token)
        plain, selection = stock(body["data"])
        rivals: dict[str, tuple[ASGIApp, dict[str, Any]]] = {
            "own_ms": (app, document),
            "bare_ms": (bare(body["data"]), document),
            "stock_ms": (plain, {"query": selection}),
        }
        same = await _asked(plain, {"query": selection}, token)
        if same["data"] != body["data"]:
            raise SystemExit(f"stock Strawberry answers something else: {str(same)[:300]}")
        times: dict[str, list[float]] = {rival: [] for rival in rivals}
        for _ in range(ROUNDS):
            for rival, (asked, sent) in rivals.items():
                times[rival].append(await _loop_ms(asked, sent, token))
        figures[name] = {rival: statistics.median(taken) for rival, taken in times.items()}
    return figures


async def _loop_ms(app: ASGIApp, document: dict[str, Any], token: str) -> float:
    """Milliseconds of this thread's processor time for a request."""
    began = time.thread_time()
    for _ in range(AT_ONCE):
        await _sent(app, document, token)
    return (time.thread_time() - began) / AT_ONCE * 1000


async def _asked(app: ASGIApp, document: dict[str, Any], token: str) -> Any:
    found = orjson.loads(await _sent(app, document, token))
    if "errors" in found:
        raise SystemExit(f"refused: {found['errors'][0]['message']}")
    return found


async def _sent(app: ASGIApp, document: dict[str, Any], token: str) -> bytes:
    """The body that an application answers with, asked without a socket."""
    headers = {"content-type": "application/json", "accept": "application/json", "authorization": f"Bearer {token}"}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "root_path": "",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    came: list[Message] = [{"type": "http.request", "body": orjson.dumps(document), "more_body": False}]
    gone = asyncio.Event()
    body = bytearray()

    async def receive() -> Message:
        if came:
            return came.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        body.extend(message.get("body", b""))

    await app(scope, receive, send)
    gone.set()
    return bytes(body)


if __name__ == "__main__":
    main()
