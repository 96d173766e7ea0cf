"""Assets are sent as they were compressed at build, to browsers that take that, and kept for ever."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient, Response
from starlette.applications import Starlette
from starlette.routing import Mount

from server.http.assets import IMMUTABLE, Assets

Ask = Callable[[str, str], Response]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Asks for a path with what the browser accepts; the answer's bytes are not decoded."""
    for name, text in {"app.js": "plain", "app.js.br": "brotli", "app.js.gz": "gzip", "small.js": "small"}.items():
        (tmp_path / name).write_text(text)
    app = Starlette(routes=[Mount("/assets", Assets(directory=tmp_path))])

    async def asked(path: str, accepted: str) -> Response:
        async with AsyncClient(transport=ASGITransport(app), base_url="http://marquee") as client:
            request = client.build_request("GET", path, headers={"Accept-Encoding": accepted})
            response = await client.send(request, stream=True)
            await response.aclose()
            return response

    return lambda path, accepted: asyncio.run(asked(path, accepted))


@pytest.mark.parametrize(
    ("accepted", "encoding", "bytes_sent"),
    [
        ("gzip, deflate, br", "br", "6"),
        ("gzip", "gzip", "4"),
        ("br;q=0, gzip;q=0.5", "gzip", "4"),
        ("identity", None, "5"),
        ("", None, "5"),
    ],
)
def test_the_best_copy_that_a_browser_takes_is_sent(
    ask: Ask, accepted: str, encoding: str | None, bytes_sent: str
) -> None:
    response = ask("/assets/app.js", accepted)
    assert response.status_code == 200
    assert response.headers.get("content-encoding") == encoding
    assert response.headers["content-length"] == bytes_sent
    assert response.headers["content-type"].startswith("text/javascript")
    assert response.headers["vary"] == "Accept-Encoding"
    assert response.headers["cache-control"] == IMMUTABLE


def test_a_file_without_a_copy_is_sent_as_it_is(ask: Ask) -> None:
    response = ask("/assets/small.js", "br")
    assert (response.headers["content-length"], response.headers.get("content-encoding")) == ("5", None)


def test_nothing_that_is_missing_is_kept(ask: Ask) -> None:
    response = ask("/assets/gone.js", "br")
    assert response.status_code == 404
    assert "cache-control" not in response.headers
