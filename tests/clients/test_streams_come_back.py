"""Open subscriptions of clients with their default settings outlast their token and their server, and miss no load."""

import json
import queue
import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import IO

import pytest

from resolvers.root import build_schema
from schema.roles import Role
from server.answering.published_operations import published
from server.answering.service import Service
from server.settings import Settings
from tests.integration.resolvers import world
from tests.integration.resolvers.conftest import ADMIN, TOKENS, VIEWER, opened_door, token_of
from tests.integration.server.sockets import Host, hosted
from tests.support.node import started
from warehouse import open_warehouse

CLIENTS = ("apollo", "graphql-sse", "graphql-sse, shared", "graphql-ws", "urql")
# Clients wait longer after each attempt.
PATIENCE_S = 60
NEWEST = f"{world.END:%Y-%m-%dT%H:%M:%SZ}"
LATER = world.END + timedelta(hours=1)
REVOKE = """mutation ($input: RevokeTokenInput!) { revokeToken(input: $input) { revokedToken { id } } }"""


@pytest.fixture(scope="module")
def service(world_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service over a copy of the small world, which the test loads into."""
    folder = tmp_path_factory.mktemp("copied") / "warehouse"
    shutil.copytree(world_folder, folder, symlinks=True)
    settings = Settings(warehouse=f"chdb://{folder}")
    with open_warehouse(settings.warehouse, settings.limits) as warehouse:
        yield Service(settings, warehouse, build_schema(), published(), TOKENS)


@dataclass(frozen=True)
class Heard:
    """What the clients print, line by line."""

    lines: "queue.Queue[str]"

    def events(self) -> dict[str, str]:
        """The next event of each client."""
        found: dict[str, str] = {}
        while len(found) < len(CLIENTS):
            name, value = json.loads(self.lines.get(timeout=PATIENCE_S))
            found[name] = value
        return found


@contextmanager
def listening(packages: Path, host: Host, *tokens: str) -> Iterator[Heard]:
    """The clients, until the block ends."""
    lines: queue.Queue[str] = queue.Queue()
    with started(packages, "node", "streams.mjs", f"http://127.0.0.1:{host.port}/graphql", *tokens) as (process, out):
        reading = threading.Thread(target=_read, args=(out, lines))
        reading.start()
        try:
            yield Heard(lines)
        finally:
            process.kill()
            reading.join()


def _read(out: IO[str], lines: "queue.Queue[str]") -> None:
    for line in out:
        lines.put(line)


@pytest.mark.slow
def test_streams_come_back_with_a_new_token_and_after_a_restart(packages: Path, service: Service) -> None:
    brief = token_of(Role.VIEWER, subject="brief")
    everyone = dict.fromkeys(CLIENTS, NEWEST)
    with ExitStack() as stack:
        with hosted(service) as host:
            heard = stack.enter_context(listening(packages, host, brief, VIEWER))
            assert heard.events() == everyone
            with opened_door(service) as door:
                door.ask(REVOKE, ADMIN, input={"token": brief})
            assert heard.events() == everyone
            # As `Server.shutdown` does.
            service.ending.set()
        service.ending.clear()
        stack.enter_context(hosted(service, port=host.port))
        assert heard.events() == everyone
        more = replace(world.SESSIONS[-1], id="9000000", start=LATER)
        world.load(service.warehouse, world.World((), (), [more], ()))
        assert heard.events() == dict.fromkeys(CLIENTS, f"{LATER:%Y-%m-%dT%H:%M:%SZ}")
        service.ending.set()
