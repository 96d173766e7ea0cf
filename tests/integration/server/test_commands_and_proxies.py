"""A command's token goes to no proxy when the server that it asks is on this machine."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.integration.server.commands import Place

TOKEN = "a.secret.token"


@dataclass
class Proxy:
    """A socket that answers nothing, and keeps what is sent to it."""

    address: str
    heard: list[bytes] = field(default_factory=list)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    """A proxy that listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        found = Proxy(f"http://127.0.0.1:{listener.getsockname()[1]}")

        def listen() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        found.heard.append(connection.recv(65_536))

        listening = threading.Thread(target=listen, daemon=True)
        listening.start()
        yield found
        listener.shutdown(socket.SHUT_RDWR)
    listening.join(10)


@pytest.mark.parametrize(
    ("host", "is_spared"), [("127.0.0.1", True), ("localhost", True), ("[::1]", True), ("marquee.invalid", False)]
)
def test_a_token_for_this_machine_reaches_no_proxy(tmp_path: Path, proxy: Proxy, host: str, is_spared: bool) -> None:
    names = ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
    settings = {**dict.fromkeys(names, proxy.address), "NO_PROXY": "", "no_proxy": ""}
    done = Place(tmp_path, settings).run(
        "query", "Genres", "--url", f"http://{host}:1", "--token", "-", stdin=f"{TOKEN}\n"
    )
    assert done.returncode == 1
    assert f"http://{host}:1 does not answer" in done.stderr
    assert (TOKEN.encode() in b"".join(proxy.heard)) is not is_spared
