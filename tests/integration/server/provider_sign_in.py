"""A service with a real OpenID provider, and a browser that signs in there."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from server.answering.service import Service
from server.identity.oidc_settings import provider_of
from tests.integration.resolvers.conftest import Door, opened_door
from tests.integration.server.oidc_provider import CLIENT_ID, CLIENT_SECRET, Provider, providing

HERE, SECURE = "http://localhost", "https://localhost"

ASKED = {"query": "{ viewer { subject role scope { name values } } }"}


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with providing() as found:
        yield found


@pytest.fixture
def provider(running: Provider) -> Provider:
    """The provider as it is at first."""
    running.person, running.change, running.is_down = {"sub": "ada", "groups": ["data-team"]}, lambda told: told, False
    running.returns_to = f"{HERE}/oidc/callback"
    running.calls_itself, running.asked_who_it_is = "", 0
    running.asked_for_tokens.clear()
    return running


@pytest.fixture(scope="module")
def secret_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("oidc") / "secret"
    path.write_text(CLIENT_SECRET)
    path.chmod(0o600)
    return path


@pytest.fixture(scope="module")
def signing_in(service: Service, running: Provider, secret_file: Path) -> Service:
    """The service with a provider."""
    settings = service.settings.model_copy(
        update={
            "public_url": HERE,
            "oidc_issuer": running.address,
            "oidc_client_id": CLIENT_ID,
            "oidc_client_secret_file": str(secret_file),
            "oidc_roles": ("data-team=analyst", "platform=admin"),
            "role_claim": "groups",
        }
    )
    return replace(service, settings=settings, oidc=provider_of(settings, Path("/")))


@pytest.fixture(scope="module")
def site(signing_in: Service) -> Iterator[Door]:
    with opened_door(signing_in) as found:
        yield found


class Browser:
    """A browser's cookies, and what it sends."""

    def __init__(self, site: Door) -> None:
        self.site = site
        self.cookies: dict[str, str] = {}

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self._keep(self.site.request("GET", path, headers=self._headers(more.pop("headers", {})), **more))

    def ask(self, headers: dict[str, str] | None = None) -> httpx.Response:
        sent = self._headers({"Authorization": "Session", **(headers or {})})
        return self._keep(self.site.request("POST", "/graphql", json=ASKED, headers=sent))

    def begin(self, path: str = "/") -> str:
        """Where the provider sends the browser after signing it in."""
        sent = self.get("/oidc/sign-in", params={"next": path})
        assert sent.status_code == 303, sent.text
        return led_back(sent.headers["location"])

    def sign_in(self, path: str = "/") -> httpx.Response:
        return self.get(self.begin(path))

    def _headers(self, given: dict[str, str]) -> dict[str, str]:
        self.site.client.cookies.clear()
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {**({"Cookie": cookie} if cookie else {}), **given}

    def _keep(self, response: httpx.Response) -> httpx.Response:
        for text in response.headers.get_list("set-cookie"):
            name, _, value = text.partition(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
            if "Max-Age=0" in text:
                del self.cookies[name]
        return response


def led_back(address: str) -> str:
    """Where the provider sends a browser that was sent to an address there; it is another site, which gets no cookie of
    this one.
    """
    back = httpx.get(address)
    assert back.status_code == 302, back.text
    return str(httpx.URL(back.headers["location"]).raw_path, "ascii")


@pytest.fixture
def browser(site: Door, provider: Provider) -> Browser:
    assert provider.person
    return Browser(site)


def refused(response: httpx.Response) -> str:
    """Why nobody was signed in."""
    assert response.status_code == 303
    assert not [one for one in response.headers.get_list("set-cookie") if "marquee_session=" in one]
    return parse_qs(urlsplit(response.headers["location"]).fragment)["refused"][0]


@pytest.fixture
def secure_site(signing_in: Service, provider: Provider) -> Iterator[Door]:
    """The site as people reach it over https."""
    assert signing_in.oidc
    provider.returns_to = f"{SECURE}/oidc/callback"
    settings = signing_in.settings.model_copy(update={"public_url": SECURE})
    oidc = replace(signing_in.oidc, returns_to=provider.returns_to)
    with opened_door(replace(signing_in, settings=settings, oidc=oidc)) as found:
        yield found
