"""Step `warm`: the dashboard that somebody has asked before, against `/healthz` of the same server in the same run.

Kept answers by GET, as a dashboard asks: the whole body, and 304 for a client that names the answer it has.
"""

import asyncio
import statistics
import time

import httpx

from tests.bench.figures import report, warehouse_argument
from tests.bench.servers import Served, marquee

ROUNDS, CLIENTS, REQUESTS_EACH = 300, 8, 400
PATH = "/api/Dashboard?timeZone=America%2FNew_York"


def main() -> None:
    """Ask again and again."""
    folder = warehouse_argument()
    with marquee(folder, MARQUEE_LOG_LEVEL="WARNING") as own:
        with own.client() as client:
            first = client.get(PATH).raise_for_status()
            known = {"If-None-Match": first.headers["etag"]}
            assert client.get(PATH, headers=known).status_code == 304
            figures = {
                "health_ms": _median_ms(client, "/healthz"),
                "kept_ms": _median_ms(client, PATH),
                "unchanged_ms": _median_ms(client, PATH, known),
            }
        health, kept = (asyncio.run(_rate(own, path)) for path in ("/healthz", PATH))
    report(**figures, health_per_s=health, kept_per_s=kept, ratio=kept / health)


def _median_ms(client: httpx.Client, path: str, headers: dict[str, str] | None = None) -> float:
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        client.get(path, headers=headers)
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds) * 1000


async def _rate(own: Served, path: str) -> float:
    """Requests a second of clients that wait for nothing but answers, written to bare sockets: a client library would
    be what is measured."""
    host, port = own.url.removeprefix("http://").split(":")
    headers = "".join(f"{name}: {value}\r\n" for name, value in own.headers.items())
    request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n".encode()
    began = time.perf_counter()
    await asyncio.gather(*(_repeat(host, int(port), request) for _ in range(CLIENTS)))
    return CLIENTS * REQUESTS_EACH / (time.perf_counter() - began)


async def _repeat(host: str, port: int, request: bytes) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    for _ in range(REQUESTS_EACH):
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.split(b":")[1]))
    writer.close()


if __name__ == "__main__":
    main()
