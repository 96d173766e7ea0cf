"""The service over the small world, as tests reach it: through HTTP, with a token for each kind of asker."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal

from resolvers.root import build_schema
from schema.roles import Role
from server.answering.published_operations import published
from server.answering.service import Service
from server.http.app import make_app
from server.identity.principal import Grant, Principal
from server.identity.tokens import Tokens, issue
from server.settings import Settings
from tests.integration.resolvers import computed, world
from tests.one_secret import OneSecret
from warehouse import open_warehouse

SECRET = bytes(range(32))
TOKENS = Tokens(OneSecret(SECRET))
# Longer than any run of the tests: module-level tokens are as old as the run.
TTL = timedelta(hours=2)


@dataclass(frozen=True)
class Door:
    """The application's HTTP door, without a socket."""

    service: Service
    client: httpx.AsyncClient
    portal: BlockingPortal

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request as it stands."""

        async def send() -> httpx.Response:
            return await self.client.request(method, path, **more)

        return self.portal.call(send)

    def get(self, path: str, token: str | None = None, **more: Any) -> httpx.Response:
        """GET, with a token."""
        return self.request("GET", path, headers=bearer(token), **more)

    def post(self, body: Any, token: str | None = None) -> httpx.Response:
        """POST a JSON body to /graphql, with a token."""
        return self.request("POST", "/graphql", json=body, headers=bearer(token))

    def answer(self, document: str, token: str, **variables: Any) -> dict[str, Any]:
        """The whole body of a document's answer."""
        response = self.post({"query": document, "variables": variables}, token)
        assert response.status_code == 200, response.text
        body: dict[str, Any] = response.json()
        return body

    def ask(self, document: str, token: str, **variables: Any) -> dict[str, Any]:
        """The data of a document that must go through."""
        body = self.answer(document, token, **variables)
        assert "errors" not in body, body["errors"]
        data: dict[str, Any] = body["data"]
        return data


def bearer(token: str | None) -> dict[str, str]:
    """The headers that carry a token."""
    return {} if token is None else {"Authorization": f"Bearer {token}"}


def says_nothing(data: Any) -> bool:
    """Whether the data of an answer is null, or holds nothing but nulls."""
    return data is None or (isinstance(data, dict) and all(map(says_nothing, data.values())))


def without_ids(value: Any) -> Any:
    """An answer as it is read: ids are for caches, and `sourceId` is beside those of films and users."""
    if isinstance(value, list):
        return [without_ids(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {name: without_ids(one) for name, one in value.items() if name != "id"}


def token_of(
    role: Role,
    scope: Mapping[str, tuple[str, ...]] | None = None,
    grant: Grant | None = None,
    secret: bytes = SECRET,
    subject: str = "",
    ttl: timedelta = TTL,
) -> str:
    """A token of the test's service."""
    principal = Principal(subject or f"test-{role.value}", role, scope or {}, grant)
    return issue(secret, principal, ttl).token


VIEWER, ANALYST, ADMIN = (token_of(role) for role in (Role.VIEWER, Role.ANALYST, Role.ADMIN))


@pytest.fixture(scope="session")
def world_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a warehouse that holds the small world and results of jobs, closed: one process may hold one folder
    at a time.
    """
    folder = tmp_path_factory.mktemp("world") / "warehouse"
    with open_warehouse(f"chdb://{folder}") as warehouse:
        world.load(warehouse)
        computed.fill(warehouse)
    return folder


@pytest.fixture(scope="module")
def service(world_folder: Path) -> Iterator[Service]:
    """The service over the small world; its tests only read."""
    settings = Settings(warehouse=f"chdb://{world_folder}")
    with open_warehouse(settings.warehouse, settings.limits) as warehouse:
        yield Service(settings, warehouse, build_schema(), published(), TOKENS)


@contextmanager
def opened_door(service: Service) -> Iterator[Door]:
    """The HTTP door of a service."""
    with start_blocking_portal() as portal:
        transport = httpx.ASGITransport(make_app(service))
        client = httpx.AsyncClient(transport=transport, base_url="http://localhost")
        yield Door(service, client, portal)
        portal.call(client.aclose)


@pytest.fixture(scope="module")
def door(service: Service) -> Iterator[Door]:
    """The application's HTTP door."""
    with opened_door(service) as door:
        yield door
