"""Descriptors: a client that reads slowly holds its connection alone, and where none is left that is said as such."""

import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from starlette.routing import Mount

from resolvers.root import build_schema
from schema.roles import Role
from server.answering.published_operations import published
from server.answering.service import Service
from server.http import app
from server.http.assets import Assets
from server.http.connections import Connections
from server.settings import Settings
from tests.integration.resolvers.conftest import ANALYST, TOKENS, Door, opened_door, token_of
from tests.integration.server.sockets import PATIENCE_S, comes_true, hosted
from warehouse import open_warehouse

DOWNLOADS = 30
# Standard input, output and errors, and a few that are opened first and never closed.
LOWEST = 8
SENDER = token_of(Role.INGEST)


@pytest.fixture(scope="module")
def own_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that rows are sent to."""
    folder = tmp_path_factory.mktemp("descriptors") / "warehouse"
    settings = Settings(warehouse=f"chdb://{folder}", workspace=folder)
    with open_warehouse(settings.warehouse, settings.limits, hash_key=lambda: bytes(32)) as warehouse:
        yield Service(settings, warehouse, build_schema(), published(), TOKENS)


def opened() -> list[str]:
    """What each descriptor of this process names."""
    names = []
    for descriptor in Path("/proc/self/fd").iterdir():
        # The one that reads this folder is closed again.
        with suppress(FileNotFoundError):
            names.append(str(descriptor.readlink()))
    return names


def sockets() -> int:
    """How many of them are sockets: the engine opens and closes files of its own meanwhile."""
    return sum(name.startswith("socket:") for name in opened())


@contextmanager
def none_left() -> Iterator[None]:
    """This process can open nothing more, whatever its other threads close meanwhile."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with ExitStack() as stack:
        # Only the lowest numbers are left to give, and these are taken from the start.
        resource.setrlimit(resource.RLIMIT_NOFILE, (LOWEST, hard))
        stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        try:
            while True:
                stack.enter_context(Path("/dev/null").open("rb"))
        except OSError:
            yield


def test_a_slow_download_of_an_asset_takes_one_descriptor(
    own_service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "large.js").write_bytes(b"x" * 8_000_000)
    monkeypatch.setattr(app, "ROUTES", [Mount("/assets", Assets(directory=tmp_path))])
    connections = Connections(2 * DOWNLOADS, 2 * DOWNLOADS)
    with hosted(own_service, connections, sends_bytes=8_192) as host, ExitStack() as stack:
        before = sockets()
        for _ in range(DOWNLOADS):
            slow = stack.enter_context(socket.socket())
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            slow.settimeout(PATIENCE_S)
            slow.connect(("127.0.0.1", host.port))
            slow.sendall(b"GET /assets/large.js HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 8)
            assert slow.recv(12) == b"HTTP/1.1 200"
        # The client's end and the server's, and nothing of the file.
        assert comes_true(lambda: sockets() - before == 2 * DOWNLOADS)
        assert not [name for name in opened() if name.endswith("large.js")]
        # Nor does it hold more of the file than is on its way.
        assert max(one.wire.get_write_buffer_size() for one in connections._open) <= 200_000


def test_where_no_descriptor_is_left_a_sender_is_told_to_come_again(own_service: Service) -> None:
    row = b"id,title\n1,Metropolis\n"
    headers = {"Content-Type": "text/csv", "Authorization": f"Bearer {SENDER}"}
    with opened_door(own_service) as door:
        with none_left():
            response = door.request("POST", "/ingest/movies", content=row, headers=headers)
        assert response.status_code == 503
        assert response.json()["errors"][0]["extensions"]["code"] == "OVERLOADED"
        assert response.headers["retry-after"] == "5"
        assert door.request("POST", "/ingest/movies", content=row, headers=headers).status_code == 200


def test_where_no_descriptor_is_left_a_question_is_answered_or_told_to_come_again(own_service: Service) -> None:
    with opened_door(own_service) as door:
        with none_left():
            codes = [code_of(door, days) for days in range(1, 6)]
        assert set(codes) <= {None, "OVERLOADED", "UNAVAILABLE"}
        assert code_of(door, 6) is None


def code_of(door: Door, days: int) -> str | None:
    """The code with which a question fails."""
    asked = f'{{ viewing(range: {{last: "P{days}D"}}) {{ totals {{ views }} }} }}'
    body = door.post({"query": asked}, ANALYST).json()
    return str(body["errors"][0]["extensions"]["code"]) if "errors" in body else None


def test_a_file_that_can_not_be_opened_for_that_is_503(
    own_service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "small.js").write_bytes(b"x")
    monkeypatch.setattr(app, "ROUTES", [Mount("/assets", Assets(directory=tmp_path))])
    with opened_door(own_service) as door:
        with none_left():
            response = door.request("GET", "/assets/small.js")
        assert (response.status_code, response.headers["retry-after"]) == (503, "5")
        assert door.request("GET", "/assets/small.js").content == b"x"
        with none_left():
            assert door.request("GET", "/assets/small.js").content == b"x"
