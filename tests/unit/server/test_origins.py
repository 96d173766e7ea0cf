"""Origins: a page of another site opens no socket, however it spells its name."""

import pytest

from server.http.websocket_origins import may_connect

NAMED = ("https://www.example.com",)


@pytest.mark.parametrize(
    ("origin", "host", "public_url"),
    [
        (None, "127.0.0.1:8000", ""),
        ("http://127.0.0.1:8000", "127.0.0.1:8000", ""),
        ("http://[::1]:8000", "[::1]:8000", ""),
        ("https://marquee.example", "marquee.example", ""),
        ("https://MARQUEE.example:443", "marquee.example", ""),
        ("https://marquee.example", "inner:8000", "https://marquee.example/"),
        ("https://www.example.com", "127.0.0.1:8000", ""),
    ],
)
def test_own_pages_named_sites_and_other_programs_connect(origin: str | None, host: str, public_url: str) -> None:
    assert may_connect(origin, host, public_url, NAMED)


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "*",
        "file://",
        "https://evil.example",
        "http://www.example.com",
        "https://www.example.com:8443",
        "https://www.example.com.evil.example",
        "https://evil.example/https://www.example.com",
        "https://www.example.com@evil.example",
        "http://127.0.0.1:8001",
        "http://127.0.0.1",
        "http://localhost:8000",
        "chrome-extension://127.0.0.1:8000",
        "http://127.0.0.1:99999",
        "http://[",
    ],
)
def test_pages_of_others_do_not(origin: str) -> None:
    assert not may_connect(origin, "127.0.0.1:8000", "", NAMED)


def test_a_handshake_without_a_host_has_no_own_pages() -> None:
    assert not may_connect("http://None", None, "", ())
    assert not may_connect("http://", None, "", ())
